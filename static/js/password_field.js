// Lets a person look at the password that they type. Without this script the field stays hidden.

for (const field of document.querySelectorAll("[data-password]")) {
  const input = field.querySelector("input");
  if (!(field instanceof HTMLElement) || !input) continue;
  const button = document.createElement("button");
  button.type = "button";
  button.className = "password-show";
  const tell = () => {
    const hidden = input.type === "password";
    button.textContent = (hidden ? field.dataset.show : field.dataset.hide) ?? "";
    button.setAttribute("aria-pressed", String(!hidden));
  };
  button.addEventListener("click", () => {
    input.type = input.type === "password" ? "text" : "password";
    tell();
    input.focus();
  });
  // A browser keeps what was typed as text.
  input.form?.addEventListener("submit", () => {
    input.type = "password";
  });
  tell();
  input.after(button);
}

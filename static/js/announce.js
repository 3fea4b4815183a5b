// Says aloud, for those who listen to the page, how many results a live filter has found.

const region = document.createElement("p");
region.setAttribute("role", "status");
region.className = "visually-hidden";
document.body.append(region);

document.body.addEventListener("htmx:afterSettle", () => {
  region.textContent = document.querySelector("[data-announce]")?.textContent ?? "";
});

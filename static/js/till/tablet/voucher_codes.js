// The code on a voucher as people type it, and the check sign that tells a slip of the hand.

/** Crockford's base32, and behind it the further signs that a remainder of 37 needs. */
const ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const CHECK_SIGNS = `${ALPHABET}*~$=U`;
const LENGTH = 13;

/**
 * @param {string} typed in any case, with spaces and dashes
 * @returns {string} the code that was meant; empty if it cannot be one
 */
export const readCode = (typed) => {
  const code = typed
    .replace(/[\s\-–.]+/g, "")
    .toUpperCase()
    .replaceAll("O", "0")
    .replace(/[IL]/g, "1");
  if (code.length !== LENGTH + 1) return "";
  let remainder = 0;
  for (const sign of code.slice(0, LENGTH)) {
    const digit = ALPHABET.indexOf(sign);
    if (digit < 0) return "";
    remainder = (remainder * 32 + digit) % 37;
  }
  return code[LENGTH] === CHECK_SIGNS[remainder] ? code : "";
};

/** @param {string} code @returns {string} in groups, as it is printed */
export const asPrinted = (code) => [code.slice(0, 5), code.slice(5, 10), code.slice(10)].join("-");

export * from "qr/dom.js";

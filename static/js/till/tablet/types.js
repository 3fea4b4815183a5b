// The shapes that the tablet's modules share: no code, only types.
// Those that travel are described in docs/till-protocol.md, field by field.

/** @typedef {"cash" | "qris" | "transfer" | "card" | "voucher"} Method */

/** @typedef {{offer_id: number, quantity: number, unit_price_rupiah: number}} Line */
/**
 * `voucher` is the code, which travels and is not kept with the receipt; `voucher_number` is what
 * stands on the paper, which the receipt shows and the server knows.
 * @typedef {{method: Method, amount_rupiah: number, tendered_rupiah?: number, voucher?: string, voucher_number?: string}} Payment
 */
/** What became of a code: `values` are those to choose from where the server was not asked, and
 * `room_rupiah` is how much may be taken so.
 * @typedef {{ok: true, code: string, number: string, value_rupiah: number, values: number[], room_rupiah: number} | {ok: false, error: "mistyped" | "refused" | "no_contact" | "over_limit" | "too_many", message?: string, retry_after?: number}} VoucherFound
 */

/**
 * A sale as it is sent, built once when it is saved and never again.
 * @typedef {object} SaleRequest
 * @property {"sale"} kind
 * @property {string} uuid
 * @property {string} number
 * @property {string} device_at
 * @property {number | null} clock_offset_ms
 * @property {number | null} cashier_id
 * @property {Line[]} lines
 * @property {Payment[]} payments
 * @property {string} note
 * @property {boolean} training
 * @property {string} receipt_token
 */

/**
 * A reversal as it is sent.
 * @typedef {object} ReversalRequest
 * @property {"reversal"} kind
 * @property {string} uuid
 * @property {string} number
 * @property {string} device_at
 * @property {number | null} clock_offset_ms
 * @property {number | null} cashier_id
 * @property {string} original_id
 * @property {{position: number, quantity: number}[]} lines
 * @property {{method: Method, amount_rupiah: number}[]} payments
 * @property {string} reason
 */

/** @typedef {{id: number, name: string, maker: string, unit: string, price_rupiah: number, left: number | null, photo: string | null, order: number}} Offer */
/** @typedef {{id: number, name: string, has_pin: boolean}} Cashier */
/** @typedef {{prefix: string, letter: string, name: string, last: number}} TillInfo */
/** @typedef {{stand: {code: string, name: string, qris: string | null}, expo: {name: string, venue: string, city: string, is_example: boolean}, cashiers: Cashier[], offers: Offer[], vouchers?: {offline_limit_rupiah: number, values: number[]}}} StandState `vouchers` is missing in what an older page kept */

/**
 * Something that waits to be sent. It stays until the server has said that it is recorded or held.
 * @typedef {object} OutboxEntry
 * @property {number} position in the order of saving
 * @property {string} uuid
 * @property {SaleRequest | ReversalRequest} request
 * @property {"unsent" | "refused"} state
 * @property {string[]} problems why the server cannot read it as a sale
 * @property {number} [on_trust_rupiah] what vouchers paid that the server has not judged
 */

/**
 * What the tablet keeps of a sale to show, print and undo it, sent or not.
 * @typedef {object} Receipt
 * @property {string} uuid
 * @property {"sale" | "reversal"} kind
 * @property {string} number
 * @property {string} sold_at ISO, corrected as well as the tablet can
 * @property {string} cashier name or empty
 * @property {string} stand code and name as they were
 * @property {string} expo
 * @property {{position: number, offer_id: number, name: string, maker: string, unit: string, quantity: number, unit_price_rupiah: number, taken_back: number}[]} lines
 * @property {Payment[]} payments
 * @property {number} total_rupiah negative for a reversal
 * @property {number} change_rupiah
 * @property {string} note
 * @property {string} reason
 * @property {boolean} training
 * @property {string} receipt_url absolute address of the public page, or empty
 * @property {string} reverses number of the sale that this takes back, or empty
 * @property {"unsent" | "sent" | "held" | "refused"} sent
 */

/** @typedef {{lines: {offer_id: number, quantity: number}[], note: string, uuid: string | null}} Cart `uuid` from the moment the payment panel opens */

/**
 * What is wrong, and what the page does about it:
 * - `starting`: storage is being opened
 * - `storage_failed`: this browser keeps nothing; the till must not pretend to save
 * - `insecure`: no secure context, so no service worker: the page says so and leads to the plain form
 * - `elsewhere`: the till is open in another tab
 * - `unpaired`: never paired, or the credential is unknown; `revoked`: taken back by an organiser
 * - `ready`: sells
 * Unpaired and revoked tills keep their unsent sales and show them.
 * @typedef {"starting" | "storage_failed" | "insecure" | "elsewhere" | "unpaired" | "revoked" | "ready"} Phase
 */

/**
 * All that the screens draw. A fresh object at each change.
 * @typedef {object} Snapshot
 * @property {Phase} phase
 * @property {TillInfo | null} till
 * @property {StandState | null} stand with `left` less what is still unsent here; offers in tile order, sold out last
 * @property {Cart} cart
 * @property {Offer[]} cart_offers what lies in the cart, at the prices that it is charged
 * @property {number} total_rupiah of the cart
 * @property {Cashier | null} cashier
 * @property {boolean} training
 * @property {number} unsent sales and reversals that still wait, refused ones not counted
 * @property {number} refused
 * @property {number | null} last_contact_at milliseconds since 1970 on the tablet's clock
 * @property {boolean} in_contact whether the last attempt got a real answer
 * @property {boolean} new_version a newer page is ready and takes over once the cart is empty
 * @property {Receipt | null} last the last sale made here
 */

/**
 * The till without its looks: `static/js/till/tablet/till.js` makes one, the screens use it.
 * Every method that saves resolves only when what it saved is durably on disk.
 * @typedef {object} TillCore
 * @property {() => Snapshot} snapshot
 * @property {(listener: (snapshot: Snapshot) => void) => () => void} subscribe
 * @property {() => Promise<void>} start
 * @property {(offerId: number, quantity: number) => void} setQuantity 0 takes the line out
 * @property {(note: string) => void} setNote
 * @property {() => void} clearCart
 * @property {() => Promise<void>} openPayment gives the cart its UUID, once
 * @property {() => void} closePayment back to selling, with the cart as it is
 * @property {(typed: string) => Promise<VoucherFound>} takeVoucher claims it for the cart that is being paid; without the server within the limit of the edition
 * @property {(code: string) => Promise<void>} leaveVoucher the customer pays otherwise
 * @property {(sale: Receipt) => Promise<Receipt[]>} reversalsOf what was taken back of a sale here
 * @property {(payments: Payment[]) => Promise<Receipt>} pay saves the sale and empties the cart; asked twice for one cart it answers with the same receipt
 * @property {(uuid: string, lines: {position: number, quantity: number}[], reason: string) => Promise<Receipt>} takeBack a reversal, paid back the ways it was paid
 * @property {(limit?: number) => Promise<Receipt[]>} receipts newest first
 * @property {() => Promise<OutboxEntry[]>} outbox
 * @property {(cashierId: number | null, pin: string) => Promise<{ok: boolean, error?: "wrong_pin" | "too_many" | "no_contact", retry_after?: number}>} chooseCashier
 * @property {(on: boolean) => Promise<void>} setTraining
 * @property {(change: {change: "sold_out" | "add_stock" | "order", offer_id?: number, quantity?: number, offer_ids?: number[]}) => Promise<{ok: boolean, message?: string, error?: "no_contact"}>} changeOffer
 * @property {() => Promise<Blob>} exportFile
 * @property {() => Promise<string[]>} exportFrames texts of the QR codes, in order
 * @property {() => Promise<void>} sendNow ends the waiting between attempts, and tries refused ones again
 * @property {() => Promise<void>} takeOver makes this tab the one that sells
 * @property {() => void} useNewVersion
 */

export {};

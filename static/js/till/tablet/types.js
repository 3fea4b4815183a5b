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

/**
 * Cash put into the drawer or taken out, as it is sent.
 * @typedef {object} CashRequest
 * @property {"cash"} kind
 * @property {string} uuid
 * @property {string} number
 * @property {string} device_at
 * @property {number | null} clock_offset_ms
 * @property {number | null} cashier_id
 * @property {"float" | "in" | "out"} movement
 * @property {number} amount_rupiah never negative
 * @property {string} reason
 */

/**
 * A day closed, as it is sent.
 * @typedef {object} CloseRequest
 * @property {"close"} kind
 * @property {string} uuid
 * @property {string} number
 * @property {string} device_at
 * @property {number | null} clock_offset_ms
 * @property {number | null} cashier_id
 * @property {string} business_date
 * @property {Record<string, number>} counted pieces by denomination
 * @property {number} counted_rupiah
 * @property {number} expected_rupiah
 * @property {number} last_counter
 * @property {string} note
 */

/** @typedef {SaleRequest | ReversalRequest | CashRequest | CloseRequest} AnyRequest */

/** @typedef {{id: number, name: string, maker: string, unit: string, price_rupiah: number, left: number | null, photo: string | null, order: number}} Offer */
/** @typedef {{id: number, name: string, has_pin: boolean}} Cashier */
/** @typedef {{prefix: string, letter: string, name: string, last: number}} TillInfo */
/** @typedef {{stand: {code: string, name: string, qris: string | null}, expo: {slug?: string, name: string, venue: string, city: string, is_example: boolean}, cashiers: Cashier[], offers: Offer[], vouchers?: {offline_limit_rupiah: number, values: number[]}}} StandState `vouchers` and the slug are missing in what an older page kept */

/** @typedef {{name: string, blob: Blob, code: string, count: number, total_rupiah: number}} ExportFile `code`: the beginning of its seal, to be compared by eye */

/**
 * Something that waits to be sent. It stays until the server has said that it is recorded or held.
 * @typedef {object} OutboxEntry
 * @property {number} position in the order of saving
 * @property {string} uuid
 * @property {AnyRequest} request
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

/** @typedef {{uuid: string, number: string, kind: "float" | "in" | "out", amount_rupiah: number, reason: string, at: string}} Movement */

/**
 * What a till's day comes to on this tablet, training left out.
 * @typedef {object} DaySums
 * @property {number} sales
 * @property {number} reversals
 * @property {number} gross whole rupiah
 * @property {number} reversed positive
 * @property {Readonly<Record<string, number>>} methods what came in each way, what was paid back off
 * @property {readonly Movement[]} movements
 * @property {number} closes how often it was closed
 * @property {number} changes grows with everything that is added
 */

/**
 * Money that was counted and confirmed, until the close is saved.
 * @typedef {object} Counting
 * @property {string} uuid of the close
 * @property {string} prefix
 * @property {string} day
 * @property {Record<string, number>} counted
 * @property {number} counted_rupiah
 * @property {number} expected_rupiah
 * @property {number} changes of the day's sums when it was counted
 */

/**
 * A close as the tablet keeps it, to show and to print.
 * @typedef {object} Slip
 * @property {string} uuid
 * @property {string} number
 * @property {string} prefix
 * @property {string} day
 * @property {string} at
 * @property {string} cashier
 * @property {string} stand
 * @property {string} expo
 * @property {Record<string, number>} counted
 * @property {number} counted_rupiah
 * @property {number} expected_rupiah
 * @property {string} note
 * @property {number} float_rupiah
 * @property {number} in_rupiah
 * @property {number} out_rupiah
 * @property {number} sales
 * @property {number} reversals
 * @property {number} gross_rupiah
 * @property {number} reversed_rupiah
 * @property {Readonly<Record<string, number>>} methods
 * @property {number} last_counter
 * @property {boolean} is_recount whether the day had been closed before
 */

/**
 * The drawer of the till that sells now.
 * @typedef {object} Drawer
 * @property {string} day today
 * @property {DaySums} sums of today
 * @property {string[]} forgotten earlier days that nobody closed
 * @property {Counting | null} counting
 * @property {Slip[]} slips of this till, the newest first
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
 * @property {StandState | null} stand with `left` less what is still unsent here
 * @property {Offer[]} tiles the offers in the places where they were laid out last, see `layTiles`
 * @property {Cart} cart
 * @property {Offer[]} cart_offers what lies in the cart, at the prices that it is charged
 * @property {number} total_rupiah of the cart
 * @property {Cashier | null} cashier
 * @property {boolean} training
 * @property {number} unsent sales and reversals that still wait, refused ones not counted
 * @property {number} refused
 * @property {{kept: number | null} | null} owed a restored server wants again what it took, and this storage would not give it;
 * `kept`: how many are here, null where it cannot be read at all
 * @property {number | null} last_contact_at milliseconds since 1970 on the tablet's clock
 * @property {boolean} in_contact whether the last attempt got a real answer
 * @property {boolean} new_version a newer page is ready and takes over once the cart is empty and nothing else is open
 * @property {Receipt | null} last the last sale made here
 * @property {Drawer | null} drawer
 */

/**
 * The till without its looks: `static/js/till/tablet/till.js` makes one, the screens use it.
 * Every method that saves resolves only when what it saved is durably on disk. The cart alone is
 * written behind what is shown.
 * @typedef {object} TillCore
 * @property {() => Snapshot} snapshot
 * @property {(listener: (snapshot: Snapshot) => void) => () => void} subscribe
 * @property {(isAtRest: () => boolean) => Promise<void>} start `isAtRest`: nothing typed or shown would be lost with the page
 * @property {(offerId: number, quantity: number) => void} setQuantity 0 takes the line out
 * @property {(note: string) => void} setNote
 * @property {() => void} clearCart
 * @property {() => void} layTiles in the stand's order, sold out last, unless something is in the cart
 * @property {() => Promise<void>} openPayment gives the cart its UUID, once; rejects where nothing can be sold
 * @property {() => void} closePayment back to selling, with the cart as it is
 * @property {(typed: string) => Promise<VoucherFound>} takeVoucher claims it for the cart that is being paid; without the server within the limit of the edition
 * @property {(code: string) => Promise<void>} leaveVoucher the customer pays otherwise
 * @property {(sale: Receipt) => Promise<Receipt[]>} reversalsOf what was taken back of a sale here
 * @property {(payments: Payment[]) => Promise<Receipt>} pay saves the sale and empties the cart; asked twice for one cart it answers with the same receipt
 * @property {(asked: {uuid: string, original: string, lines: {position: number, quantity: number}[], reason: string}) => Promise<Receipt>} takeBack a reversal, paid back the ways it was paid; asked twice with one `uuid` it answers with the same receipt
 * @property {(asked: {uuid: string, kind: Movement["kind"], amount: number, reason: string}) => Promise<void>} moveCash
 * @property {(day: string, counted: Record<string, number>) => Promise<void>} confirmCount keeps what was counted; only then is the expected amount shown
 * @property {(note: string) => Promise<Slip>} closeDay saves the close of what was counted
 * @property {(limit?: number) => Promise<Receipt[]>} receipts newest first
 * @property {(uuid: string) => Promise<Receipt | null>} receiptOf
 * @property {() => Promise<OutboxEntry[]>} outbox
 * @property {(cashierId: number | null, pin: string) => Promise<{ok: boolean, error?: "wrong_pin" | "too_many" | "no_contact", retry_after?: number}>} chooseCashier
 * @property {(on: boolean) => Promise<void>} setTraining
 * @property {(change: {change: "sold_out" | "add_stock" | "order", offer_id?: number, quantity?: number, offer_ids?: number[]}) => Promise<{ok: boolean, message?: string, error?: "no_contact"}>} changeOffer
 * @property {(withSent: boolean) => Promise<ExportFile[]>} exportFiles what waits, and if asked what was sent and is kept
 * @property {() => Promise<string[]>} exportFrames texts of the QR codes of what waits, in order
 * @property {() => Promise<number | null>} countKept how many that were sent are kept; null where this browser will not say
 * @property {() => Promise<void>} sendNow ends the waiting between attempts, and tries refused ones again
 * @property {() => Promise<void>} takeOver makes this tab the one that sells
 * @property {() => void} useNewVersion
 */

export {};

// Asks the server for a voucher, for one sale, and gives it back when the sale goes without.

import { post } from "./protocol.js";
import { readMetaIn, write, writeMetaIn } from "./storage.js";

/** @import {Payment, StandState, VoucherFound} from "./types.js" */
/** @import {Answer} from "./protocol.js" */
/** @import {Claim, Database, StoredEntry} from "./storage.js" */

/**
 * @param {object} parts
 * @param {() => Database} parts.db
 * @param {string} parts.language
 * @param {() => object} parts.envelope
 * @param {(answer: Answer) => void} parts.onAnswer
 */
export const createVouchers = ({ db, language, envelope, onAnswer }) => {
  /** What the server may hold for a sale of this tablet. @type {Claim[]} */
  let claims = [];
  /** What it has said yes to, by code. @type {Map<string, {sale: string, value_rupiah: number, number: string}>} */
  const confirmed = new Map();
  /** One request after the other: a release must not overtake a claim. @type {Promise<unknown>} */
  let queue = Promise.resolve();

  /** @param {string} code @param {string} sale */
  const isOf = (code, sale) => (/** @type {Claim} */ one) => one.code === code && one.sale === sale;

  /** @param {(claims: Claim[]) => Claim[]} by */
  const change = async (by) => {
    await write(db(), null, async (tx) => {
      claims = by((await readMetaIn(tx, "claims")) ?? []);
      void writeMetaIn(tx, "claims", claims);
    });
  };

  /** @param {"claim" | "release"} wanted @param {string} code @param {string} sale */
  const ask = async (wanted, code, sale) => {
    const answer = await post("voucher", { ...envelope(), do: wanted, code, sale }, language);
    onAnswer(answer);
    return answer;
  };

  /** @template T @param {() => Promise<T>} work @returns {Promise<T>} */
  const inTurn = (work) => {
    const done = queue.then(work);
    queue = done.catch(() => {});
    return done;
  };

  /** @param {string} code @param {string} sale @returns {Promise<VoucherFound>} */
  const claim = async (code, sale) => {
    // Before the server can know of it: what it may hold is remembered over a power cut.
    await change((all) => [...all.filter((one) => !isOf(code, sale)(one)), { code, sale, isLeft: false }]);
    const { status, body } = await ask("claim", code, sale);
    if (status === 200 && body.ok && body.voucher) {
      const { number, value_rupiah } = body.voucher;
      confirmed.set(code, { sale, value_rupiah, number });
      return { ok: true, code, number, value_rupiah, values: [], room_rupiah: 0 };
    }
    if (status === 409 && body.error === "voucher") {
      await change((all) => all.filter((one) => !isOf(code, sale)(one)));
      return { ok: false, error: "refused", message: String(body.message) };
    }
    // Nobody knows whether it arrived: given back as soon as there is an answer.
    await leave(code, sale);
    if (status === 429) return { ok: false, error: "too_many", retry_after: body.retry_after };
    return { ok: false, error: "no_contact" };
  };

  /** @param {string} code @param {string} sale */
  const leave = async (code, sale) => {
    confirmed.delete(code);
    await change((all) => all.map((one) => (isOf(code, sale)(one) ? { ...one, isLeft: true } : one)));
  };

  /** Give back what no sale uses; kept until the server has said that it has heard. */
  const sendReleases = () =>
    inTurn(async () => {
      for (const one of claims.filter(({ isLeft }) => isLeft)) {
        const answer = await ask("release", one.code, one.sale);
        if (answer.status !== 200 || !answer.body.ok) return;
        await change((all) => all.filter((other) => !(isOf(one.code, one.sale)(other) && other.isLeft)));
      }
    });

  return {
    /**
     * What an earlier page left behind: unless its sale waits here, its payments were never saved.
     * @param {Claim[]} stored @param {Iterable<StoredEntry>} waiting
     */
    start: async (stored, waiting) => {
      claims = stored;
      if (!stored.length) return;
      const used = new Set(
        [...waiting].flatMap(({ uuid, request }) =>
          ("payments" in request ? request.payments : []).map((one) => ("voucher" in one ? `${one.voucher} ${uuid}` : "")),
        ),
      );
      await change((all) =>
        all.flatMap((one) => (used.has(`${one.code} ${one.sale}`) ? [] : [{ ...one, isLeft: true }])),
      );
    },
    /** @param {string} code @param {string} sale */
    claim: (code, sale) => inTurn(() => claim(code, sale)),
    /** Taken on trust: if the claim did arrive, it stays. @param {string} code @param {string} sale */
    keep: (code, sale) =>
      inTurn(() =>
        change((all) => all.map((one) => (isOf(code, sale)(one) ? { ...one, isLeft: false } : one))),
      ),
    /** @param {string} code @param {string} sale */
    leave: async (code, sale) => {
      await inTurn(() => leave(code, sale));
      void sendReleases();
    },
    sendReleases: () => (claims.some(({ isLeft }) => isLeft) ? sendReleases() : undefined),
    /** What the sale's vouchers pay without the server's word. @param {readonly Payment[]} payments @param {string} sale @returns {number} */
    onTrust: (payments, sale) =>
      payments.reduce((sum, { voucher, amount_rupiah }) => {
        const said = voucher ? confirmed.get(voucher) : undefined;
        const isSaid = said?.sale === sale && amount_rupiah <= said.value_rupiah;
        return voucher && !isSaid ? sum + amount_rupiah : sum;
      }, 0),
    /** The sale is saved: it keeps what it uses, and leaves the rest. @param {readonly Payment[]} payments @param {string} sale */
    isSaved: async (payments, sale) => {
      const mine = claims.filter((one) => one.sale === sale);
      if (!mine.length) return;
      const used = new Set(payments.map(({ voucher }) => voucher));
      for (const { code } of mine) confirmed.delete(code);
      await change((all) =>
        all.flatMap((one) => {
          if (one.sale !== sale) return [one];
          return used.has(one.code) ? [] : [{ ...one, isLeft: true }];
        }),
      );
      void sendReleases();
    },
  };
};

/**
 * How much more a till may take in vouchers before the server has judged what waits.
 * @param {StandState | null} stand @param {Iterable<StoredEntry>} waiting @returns {number} whole rupiah
 */
export const roomOnTrust = (stand, waiting) => {
  let room = stand?.vouchers?.offline_limit_rupiah ?? 0;
  for (const { on_trust_rupiah = 0 } of waiting) room -= on_trust_rupiah;
  return Math.max(0, room);
};

/**
 * What a voucher is without the server: a code whose check sign is right, and the values there are.
 * @param {string} code @param {StandState | null} stand @param {number} room @returns {VoucherFound}
 */
export const foundOnTrust = (code, stand, room) => {
  const limit = stand?.vouchers?.offline_limit_rupiah ?? 0;
  const values = (stand?.vouchers?.values ?? []).filter((value) => value > 0);
  if (!limit || !values.length) return { ok: false, error: "no_contact" };
  if (!room) return { ok: false, error: "over_limit" };
  const only = values.length === 1 ? (values[0] ?? 0) : 0;
  return { ok: true, code, number: "", value_rupiah: only, values, room_rupiah: room };
};

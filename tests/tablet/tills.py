"""A whole till beside the modules, without its looks, and what is answered to it."""

# `openTill` opens one and waits until it sells; `portal` answers; `connections` are its storage's.
TILL = """
globalThis.load = (name) => import(`/static/js/till/tablet/${name}.js`);
globalThis.pause = (ms) => new Promise((done) => setTimeout(done, ms));
globalThis.until = async (test) => {
  const end = Date.now() + 8000;
  while (!(await test())) {
    if (Date.now() > end) throw new Error('waited in vain for ' + test);
    await pause(10);
  }
};
globalThis.connections = [];
const open = IDBFactory.prototype.open;
IDBFactory.prototype.open = function (...how) {
  const asked = open.apply(this, how);
  if (how[0] === 'opop-till') {
    asked.addEventListener('success', () => connections.push(asked.result));
  }
  return asked;
};
// As a browser does that wants the room: what is under way ends, and the page hears of it.
globalThis.endConnection = () => {
  const ended = connections.at(-1);
  ended.close();
  ended.dispatchEvent(new Event('close'));
};
// What commits next is on the disk, and the connection ends before anybody hears of it.
globalThis.loseTheEnd = () => {
  const { commit } = IDBTransaction.prototype;
  IDBTransaction.prototype.commit = function () {
    IDBTransaction.prototype.commit = commit;
    commit.call(this);
    this.db.addEventListener('complete', (event) => {
      event.stopImmediatePropagation();
      queueMicrotask(() => {
        event.target.dispatchEvent(new Event('abort'));
        endConnection();
      });
    }, { capture: true, once: true });
  };
};
const json = (body, status = 200) => new Response(JSON.stringify(body), { status });
globalThis.offers = [['Kopi', 1000, 5], ['Teh', 2000, 1], ['Gula', 3000, null]].map(
  ([name, price_rupiah, left], place) => ({
    id: place + 1, name, maker: '', unit: 'kg', price_rupiah, left, photo: null, order: place }));
globalThis.portal = {
  etag: 'a',
  till: 'A1-A',
  cashiers: [],
  kabar: () => json({
    server_at: new Date().toISOString(), epoch: 'E1', etag: portal.etag,
    till: { prefix: portal.till, letter: '', name: '', last: 0 },
    state: {
      stand: { code: 'A1', name: 'Stan', qris: null },
      cashiers: portal.cashiers, offers: globalThis.offers,
      expo: { name: 'Expo', venue: '', city: '', is_example: false },
    },
  }),
  penjualan: ({ sale }) => json({ http: 201, status: 'recorded', uuid: sale.uuid }, 201),
  kiriman: ({ sales }) => json({
    answers: sales.map(({ uuid }) => ({ http: 201, status: 'recorded', uuid })) }),
};
globalThis.json = json;
globalThis.asked = [];
globalThis.fetch = async (address, { body }) => {
  const name = String(address).split('/').at(-2);
  const content = JSON.parse(body);
  asked.push([name, content]);
  const answer = portal[name];
  if (!answer) throw new TypeError('no network');
  return answer(content);
};
globalThis.openTill = async () => {
  const { createTill } = await load('till');
  const till = createTill({ language: 'id', version: '1', receiptBase: 'https://x.test/nota/' });
  void till.start();
  await until(() => till.snapshot().phase === 'ready');
  return till;
};
globalThis.cash = (amount) => [
  { method: 'cash', amount_rupiah: amount, tendered_rupiah: amount }];
globalThis.sell = async (till, offer = 1, price = 1000) => {
  till.setQuantity(offer, 1);
  await till.openPayment();
  return till.pay(cash(price));
};
"""

// What the tests know of the program that runs: WUWEI_PUBLIC says where; the codes it sends are in the file WUWEI_OUTPUT,
// which is what scripts/run prints, or are asked for at WUWEI_CODES, as are those of the WeChat that has the app WUWEI_APP.
import { createHmac, randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { crc32, deflateSync } from 'node:zlib';

export const { WUWEI_PUBLIC: base = '', WUWEI_OUTPUT: output = '', WUWEI_CODES: codes = '' } = process.env;
export const artifacts = fileURLToPath(new URL('../../../../../artifacts/', import.meta.url));
/** Why tests against a running program cannot be run; nothing when they can. */
export const skip = base && (output || codes) ? false : 'no program runs: set WUWEI_PUBLIC and WUWEI_OUTPUT (or WUWEI_CODES)';

/** What the demo has. */
export const demo = {
  district: '建邺区', street: '莫愁湖街道', community: '莫愁湖社区', communityCode: process.env.WUWEI_UNIT || '320105001011',
  password: 'wuwei-demo-2026', secret: 'WUWEIDEMOWUWEIDEMOWUWEIDEMO2345A',
};

/** A photograph, as far as the services can tell. */
export const photo = join(mkdtempSync(join(tmpdir(), 'wuwei-')), 'photo.png');
writeFileSync(photo, png(600, 400));

let news = 0;
export const newPhone = () => `137${String(Date.now()).slice(-6)}${String(++news).padStart(2, '0')}`;

const tell = async (what) => (await fetch(`${codes}/${what}`)).text();
/** The demo's stand-in for WeChat takes any code of this form once. */
const demoCode = (name) => `demo-${name}-${Date.now()}${++news}`;

/** What WeChat gives the mini program of somebody. */
export const weChat = {
  appId: process.env.WUWEI_APP || 'wxdemo0000000001',
  /** At `wx.login`. */
  code: async (user) => codes ? tell(`wechat/${user}`) : demoCode(user),
  /** At the button for phones. */
  phoneCode: async (user, phone) => codes ? tell(`wechat/${user}/${phone}`) : demoCode(phone),
};

/** A call of the JSON door. */
export async function call(path, body, token, method = body ? 'POST' : 'GET') {
  const response = await fetch(`${base}/api/v1${path}`, {
    method,
    headers: {
      'content-type': 'application/json', 'idempotency-key': randomUUID(), ...(token && { authorization: `Bearer ${token}` }),
    },
    ...(body && { body: JSON.stringify(body) }),
  });
  const { errcode, errmsg, data } = await response.json();
  if (errcode) throw new Error(`${path}: ${errcode} ${errmsg}`);
  return data;
}

/** Waits until `find` gives something. */
export async function until(what, find, ms = 20_000, everyMs = 50) {
  for (const end = Date.now() + ms; Date.now() < end; await new Promise((r) => setTimeout(r, everyMs))) {
    const found = await find();
    if (found) return found;
  }

  throw new Error(`never: ${what}`);
}

/** The code that was sent last to a phone, other than one seen before. */
export function codeFor(phone) {
  return until(`a code for ${phone}`, async () => codes
    ? tell(`sms/${phone}`)
    : [...readFileSync(output, 'utf8').matchAll(new RegExp(`短信 ${phone}：.*?(\\d{6})`, 'g'))].at(-1)?.[1]);
}

export async function signIn(phone = newPhone()) {
  const { challengeId } = await call('/auth/codes', { phone });
  return call('/auth/phone:signIn', { challengeId, code: await codeFor(phone) });
}

const staff = new Map();

/** The token of the staff of a unit: of the community, unless it is another's code. */
export function signInStaff(name = demo.communityCode) {
  const { password, secret } = demo;
  // Six digits are good once: who used them just now waits for the next.
  const known = staff.get(name) ?? until('a sign-in of staff', () => call('/auth/staff:signIn', { name, password, totp: totp(secret) })
    .then(({ token }) => token, (error) => new Promise((resolve, reject) => {
      setTimeout(() => (error.message.includes('40101') ? resolve(undefined) : reject(error)), 10_000);
    })), 60_000);
  staff.set(name, known);
  return known;
}

/** Somebody new who lives in the community. */
export async function atHome() {
  const { token } = await signIn();
  const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, token);
  await call('/me', { homeUnitId: unit.id }, token, 'PUT');
  return { token, unit };
}

/** A wish of somebody, without pictures unless these. */
export async function makeWish(token, title, pictureIds = [], category = 'misc') {
  const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, token);
  const { categories } = await call(`/units/${unit.id}/categories`, undefined, token);
  const { wish } = await call('/wishes', {
    unitId: unit.id, categoryId: categories.find((c) => c.code === category).id, title, effortMinutes: 30, pictureIds,
    text: '客厅的灯泡坏了，我够不着。', contact: { name: '周桂兰', phone: newPhone(), address: '3幢2单元502室' },
  }, token);
  return wish.id;
}

/** Uploads a photograph. */
export async function upload(token) {
  const form = new FormData();
  form.append('file', new Blob([readFileSync(photo)]));
  const headers = { 'idempotency-key': randomUUID(), authorization: `Bearer ${token}` };
  const { data } = await (await fetch(`${base}/upload`, { method: 'POST', headers, body: form })).json();
  return data.picture.id;
}

/** Often enough where each look is several calls of staff. */
export const slowly = [60_000, 500];

/** Staff of the community let everything pass that waits for them; what was just written comes there a moment later. */
export async function passAll() {
  const token = await signInStaff();
  const { unit } = await call(`/units/by/division/${demo.communityCode}`, undefined, token);
  const { reviews = [] } = await call(`/units/${unit.id}/content-reviews?pageSize=50`, undefined, token);
  if (reviews.length) {
    await call('/content-reviews', { choices: reviews.map(({ id, version }) => ({ id, version })) }, token);
  }
}

/** Stripes of colour. */
function png(width, height) {
  const part = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  head.set([8, 2], 8); // eight bits of red, green and blue
  const row = (y) => Buffer.from([0, ...Array.from({ length: width }, (_, x) => [200, (x >> 5) * 12 % 256, (y >> 5) * 18 % 256]).flat()]);
  const rows = Buffer.concat(Array.from({ length: height }, (_, y) => row(y)));
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), part('IHDR', head), part('IDAT', deflateSync(rows)), part('IEND', Buffer.alloc(0))]);
}

/** RFC 6238. */
function totp(secret) {
  const bits = [...secret].map((c) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(c).toString(2).padStart(5, '0')).join('');
  const key = Buffer.from(bits.match(/.{8}/g).map((b) => parseInt(b, 2)));
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const hash = createHmac('sha1', key).update(counter).digest();
  const number = hash.readUInt32BE(hash.at(-1) & 15) & 0x7fffffff;
  return String(number % 1e6).padStart(6, '0');
}

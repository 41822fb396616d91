// For scripts/attack: what is sent, made from the server's own description of its calls.
//
//   node attack.mjs URL requests FOLDER    one request for sqlmap for each call that has a parameter of a new kind
//   node attack.mjs URL fuzz COUNT         sends so many bodies with bits flipped; exit code 1 if one broke something

import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const [url, verb, argument] = process.argv.slice(2);
const token = process.env.WUWEI_TOKEN ?? '';
const parallel = 8;
const run = promisify(execFile);

const description = await (await fetch(`${url}/openapi/v1.json`)).json();
const schemas = description.components.schemas;
const known = await ids();

const calls = Object.entries(description.paths)
  .flatMap(([path, methods]) => Object.entries(methods).map(([method, call]) => ({ path, method: method.toUpperCase(), ...call })))
  // Ending the session would end the attack.
  .filter((call) => !/SignOut|Session/.test(call.operationId))
  .filter((call) => token || !call.security || call.method === 'GET')
  .map((call) => ({
    ...call,
    query: parameters(call, 'query').map((p) => [p.name, sample(p.name, p.schema, 0)]),
    body: call.requestBody && sample('', call.requestBody.content['application/json'].schema, 0),
  }));

if (verb === 'requests') {
  await writeRequests(argument);
} else {
  process.exitCode = (await fuzz(Number(argument))) ? 1 : 0;
}

/** Ids of what there is, by the names of the fields that ask for them. */
async function ids() {
  let unit = (await data('/api/v1/units')).units[0];
  const district = unit.id;
  // To the first community.
  for (let below = unit; below && unit.kind !== 'community'; unit = below ?? unit) {
    [below] = (await data(`/api/v1/units?parentId=${unit.id}`)).units;
  }
  const [categories, wishes, activities] = await Promise.all([
    data(`/api/v1/units/${district}/categories`),
    data(`/api/v1/wishes?view=WISH_VIEW_UNIT&status=WISH_STATUS_KEPT&unitId=${district}&pageSize=1`),
    data(`/api/v1/activities?view=ACTIVITY_VIEW_UNIT&status=ACTIVITY_STATUS_SETTLED&unitId=${district}&pageSize=1`),
  ]);
  return {
    unitId: unit.id,
    categoryId: categories?.categories?.find((category) => category.parentId)?.id,
    wishId: wishes?.wishes?.[0]?.id,
    activityId: activities?.activities?.[0]?.id,
    pageToken: wishes?.nextPageToken,
  };
}

async function data(path) {
  return (await (await fetch(url + path, { headers: headers() })).json()).data;
}

function headers() {
  return { 'idempotency-key': randomUUID(), ...(token && { authorization: `Bearer ${token}` }) };
}

function parameters(call, place) {
  return (call.parameters ?? []).filter((p) => p.in === place);
}

/** A plausible value, so that what is changed in it is what is looked at. */
function sample(name, schema, depth) {
  const it = schema.$ref ? schemas[schema.$ref.split('/').at(-1)] : schema;
  // One makes a wish for oneself: of its two forms the one that goes through.
  if (name === 'beneficiary') return undefined;
  if (it.enum) return it.enum.find((value) => !String(value).endsWith('UNSPECIFIED')) ?? it.enum[0];
  if (it.type === 'object' || it.properties) {
    return depth > 4 ? {} : Object.fromEntries(
      Object.entries(it.properties ?? {}).map(([field, its]) => [field, sample(field, its, depth + 1)]));
  }
  if (it.type === 'array') return [sample(name, it.items, depth + 1)];
  if (it.type === 'integer' || it.type === 'number') return 5;
  if (it.type === 'boolean') return true;
  if (it.format === 'date-time') return new Date(Date.now() + 30 * 86_400_000).toISOString();
  if (it.format === 'byte') return 'AAAA';
  return known[name] ?? (/ids?$/i.test(name) ? '018900ab-0000-7000-8000-00000000000a'
    : /day$/i.test(name) ? '2026-07-01'
    : /phone/i.test(name) ? '13900000001'
    : '楼道灯不亮了');
}

function pathOf(call) {
  return call.path.replace(/\{([^}]+)\}/g, (_, name) => encodeURIComponent(sample(camel(name), { type: 'string' }, 0)));
}

function camel(name) {
  return name.split('.').at(-1).replace(/_(.)/g, (_, letter) => letter.toUpperCase());
}

/** The names of all that a body says, however deep. */
function leaves(value) {
  return value === null || typeof value !== 'object' ? []
    : Object.entries(value).filter(([, inner]) => inner !== undefined).flatMap(([name, inner]) => (
      typeof inner === 'object' ? leaves(inner) : Array.isArray(value) ? [] : [name]));
}

async function writeRequests(folder) {
  const seen = new Set();
  let written = 0;
  for (const call of calls) {
    const names = call.body ? leaves(call.body) : call.query.map(([name]) => name);
    const fresh = [...new Set(names)].filter((name) => !seen.has(`${call.method === 'GET'} ${name}`));
    const inPath = /\{/.test(call.path) && !seen.has(`path ${call.path.split('/')[3]}`);
    if (fresh.length === 0 && !inPath) continue;
    fresh.forEach((name) => seen.add(`${call.method === 'GET'} ${name}`));
    if (inPath) seen.add(`path ${call.path.split('/')[3]}`);
    const query = new URLSearchParams(call.query).toString();
    // Where sqlmap reads an asterisk, it puts something into the path.
    const path = inPath && fresh.length === 0 ? pathOf(call).replace(/(\/[0-9a-f-]{36})/, '$1*') : pathOf(call);
    const lines = [
      `${call.method} ${path}${query && `?${query}`} HTTP/1.1`, `Host: ${new URL(url).host}`,
      `Idempotency-Key: ${randomUUID()}`, ...(token ? [`Authorization: Bearer ${token}`] : []),
      ...(call.body ? ['Content-Type: application/json'] : []), '', call.body ? JSON.stringify(call.body) : '',
    ];
    const name = join(folder, `${String(written += 1).padStart(3, '0')}-${call.operationId}`);
    await writeFile(`${name}.request`, lines.join('\r\n'));
    await writeFile(`${name}.parameters`, fresh.length > 0 ? `-p ${fresh.join(',')}` : '');
  }
  console.error(`attack: ${written} of ${calls.length} calls have every kind of parameter`);
}

/** JSON as it is sent, and a gRPC-Web frame of the same length: what is in it is anybody's guess, as it is for the server. */
async function fuzz(count) {
  const services = Object.fromEntries(calls.map((call) => [call.operationId, call.tags[0]]));
  const bodies = calls.filter((call) => call.body);
  const statuses = new Map();
  const broken = [];
  let sent = 0;
  const one = async () => {
    while (sent < count) {
      const seed = (sent += 1);
      const call = bodies[seed % bodies.length];
      const web = seed % 3 === 0;
      const whole = web ? frame(wire(call.body)) : Buffer.from(JSON.stringify(call.body));
      const ratio = ['0.001', '0.004', '0.02'][Math.floor(seed / bodies.length) % 3];
      const body = await flipped(whole, seed, ratio);
      const target = web ? `/wuwei.v1.${services[call.operationId]}/${call.operationId}` : pathOf(call);
      const response = await fetch(url + target, {
        method: web ? 'POST' : call.method,
        headers: { ...headers(), 'content-type': web ? 'application/grpc-web+proto' : 'application/json' },
        body,
      });
      const text = Buffer.from(await response.arrayBuffer()).toString('latin1');
      const said = web ? `grpc-web ${response.headers.get('grpc-status') ?? /grpc-status: ?(\d+)/.exec(text)?.[1] ?? `HTTP ${response.status}`}`
        : `json ${response.status}`;
      statuses.set(said, (statuses.get(said) ?? 0) + 1);
      // Unknown and internal are faults of the server; unavailable is a word of its own.
      const bad = web ? ['grpc-web 2', 'grpc-web 13', 'grpc-web 15'].includes(said) || response.status >= 500
        : response.status >= 500 && response.status !== 503;
      if (bad || /\.cs:line|   at /.test(text)) broken.push(`${target} seed ${seed} ratio ${ratio}: ${said}: ${text.slice(0, 200)}`);
    }
  };
  await Promise.all(Array.from({ length: parallel }, one));
  for (const [said, times] of [...statuses].sort()) console.log(`${said}: ${times}`);
  for (const line of broken.slice(0, 20)) console.log(`broke: ${line}`);
  const after = await fetch(`${url}/api/v1/units`);
  console.log(`sent ${sent} to ${bodies.length} calls, ${broken.length} broke something; a call afterwards: ${after.status}`);
  return broken.length > 0 || after.status !== 200;
}

async function flipped(body, seed, ratio) {
  const zzuf = run('zzuf', ['-s', `${seed}`, '-r', ratio], { encoding: 'buffer', maxBuffer: 1 << 20 });
  zzuf.child.stdin.end(body);
  return (await zzuf).stdout;
}

/** Fields numbered as they come: not the message itself, but one that looks like it. */
function wire(body) {
  return Buffer.concat(Object.values(body).filter((value) => value !== undefined).map((value, i) => {
    if (typeof value === 'number' || typeof value === 'boolean') return Buffer.from([(i + 1) << 3, Number(value)]);
    const inner = typeof value === 'string' ? Buffer.from(value) : wire(value);
    return Buffer.concat([Buffer.from([((i + 1) << 3) | 2, inner.length & 0x7f]), inner.subarray(0, 0x7f)]);
  }));
}

function frame(message) {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

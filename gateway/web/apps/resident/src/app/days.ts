import type { Timestamp } from '@bufbuild/protobuf/wkt';

const chinaMs = 8 * 60 * 60 * 1000;
const minuteMs = 60 * 1000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;

export function msOf(time: Timestamp | undefined): number | undefined {
  return time && Number(time.seconds) * 1000 + Math.floor(time.nanos / 1e6);
}

/** China's calendar, whatever the device thinks: `getUTC…` of it are China's. Mini programs have no Intl. */
function inChina(ms: number): Date {
  return new Date(ms + chinaMs);
}

const two = (n: number) => String(n).padStart(2, '0');

/** 5月8日 09:30, with the year when it is another. */
export function moment(time: Timestamp | undefined): string {
  const ms = msOf(time);
  if (ms === undefined) {
    return '';
  }

  return `${day(time)} ${two(inChina(ms).getUTCHours())}:${two(inChina(ms).getUTCMinutes())}`;
}

/** 5月8日 */
export function day(time: Timestamp | undefined): string {
  const ms = msOf(time);
  if (ms === undefined) {
    return '';
  }

  const [then, now] = [inChina(ms), inChina(Date.now())];
  const year = then.getUTCFullYear() === now.getUTCFullYear() ? '' : `${then.getUTCFullYear()}年`;
  return `${year}${then.getUTCMonth() + 1}月${then.getUTCDate()}日`;
}

/** 刚刚, 5分钟前, 3小时前, 2天前, then the day. */
export function ago(time: Timestamp | undefined): string {
  const ms = msOf(time);
  const since = Date.now() - (ms ?? 0);
  if (ms === undefined) return '';
  if (since < minuteMs) return '刚刚';
  if (since < hourMs) return `${Math.floor(since / minuteMs)}分钟前`;
  if (since < dayMs) return `${Math.floor(since / hourMs)}小时前`;
  return since < 7 * dayMs ? `${Math.floor(since / dayMs)}天前` : day(time);
}

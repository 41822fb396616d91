/** What the server tells, as far as the screen shows it; see screens.proto and boards.proto. */

export interface Totals {
  unitName: string;
  wishesMade: string;
  wishesOpen: string;
  wishesUnderWay: string;
  wishesKept: string;
  activitiesHeld: string;
}

export interface Place {
  rank: number;
  name: string;
  points: string;
}

export interface Board {
  startsOn: string;
  places: Place[];
}

export interface Happened {
  kind: string;
  at: string;
  unitName: string;
  about: string;
}

/** One line for a passer-by. */
export function tell(event: Happened): string {
  const about = event.about;
  switch (event.kind) {
    case 'LIVE_EVENT_KIND_WISH_OPENED':
      return about ? `有了一个「${about}」的微心愿` : '有了一个新的微心愿';
    case 'LIVE_EVENT_KIND_WISH_CLAIMED':
      return about ? `有人认领了「${about}」的微心愿` : '有人认领了一个微心愿';
    case 'LIVE_EVENT_KIND_WISH_KEPT':
      return about ? `一个「${about}」的微心愿实现了` : '一个微心愿实现了';
    case 'LIVE_EVENT_KIND_ACTIVITY_ANNOUNCED':
      return `微行动《${about}》开始报名`;
    case 'LIVE_EVENT_KIND_ACTIVITY_STARTED':
      return `微行动《${about}》开始了`;
    case 'LIVE_EVENT_KIND_ACTIVITY_ENDED':
      return `微行动《${about}》结束了`;
    default:
      return '有新动态';
  }
}

/** A sign beside the words, so that colour is not the only one. */
export function sign(event: Happened): string {
  if (event.kind.endsWith('KEPT')) return '成';
  if (event.kind.endsWith('CLAIMED')) return '接';
  return event.kind.includes('WISH') ? '愿' : '行';
}

export function clock(time: Date): string {
  return time.toLocaleTimeString('zh-CN', { timeZone: 'Asia/Shanghai', hour: '2-digit', minute: '2-digit', hour12: false });
}

/** The time of today, the day of what is older. */
export function when(time: Date, now: Date): string {
  return day(time) === day(now)
    ? clock(time)
    : time.toLocaleDateString('zh-CN', { timeZone: 'Asia/Shanghai', month: 'numeric', day: 'numeric' });
}

export function day(time: Date): string {
  return time.toLocaleDateString('zh-CN', {
    timeZone: 'Asia/Shanghai', year: 'numeric', month: 'long', day: 'numeric', weekday: 'long',
  });
}

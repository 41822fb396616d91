import { threads as threadService } from '@wuwei/api';
import { ContentState } from '@wuwei/api/types/content_state';
import { ReportOutcome, type Message, type Thread } from '@wuwei/api/types/threads';
import { moment, msOf } from '../../app/days';
import { unreadSign } from '../../app/inbox';
import type { Page } from '../../app/loading';
import { orNothing, wuwei } from '../../app/wuwei';

export const { threads } = wuwei.also({ threads: threadService });

/** A message as the page shows it. */
export interface Line {
  id: string;
  mine: boolean;
  author: string;
  when: string;
  text: string;
  /** Who does not see it as it is, and why. */
  note: string;
}

/** A thread with as much of what was written as was asked for, the newest last. */
export interface Talk {
  thread: Thread;
  messages: Message[];
  /** For what was written before; empty when there is no more. */
  earlier: string;
}

/** One of the caller's threads, as a list shows it. */
export interface TalkRow {
  id: string;
  title: string;
  other: string;
  /** In words; empty when all is read. */
  unread: string;
  over: boolean;
}

/** Those in which there is anything to read, the latest first. */
export async function myTalks(pageToken: string): Promise<Page<TalkRow>> {
  const answer = await threads.listMyThreads({ pageToken });
  return {
    items: answer.threads.map((t) => ({
      id: t.id, title: t.wishTitle || '心愿', other: t.otherName && `对方：${t.otherName}`, over: !t.open,
      unread: t.unread ? `● ${unreadSign(t.unread)} 条未读` : '',
    })),
    next: answer.nextPageToken,
  };
}

const outcomeWords: Record<ReportOutcome, string> = {
  [ReportOutcome.UNSPECIFIED]: '您举报了，工作人员会看。',
  [ReportOutcome.NO_ACTION]: '您的举报处理好了：没有发现问题。',
  [ReportOutcome.MESSAGE_HIDDEN]: '您的举报处理好了：那条留言不再显示。',
  [ReportOutcome.CLAIM_REVOKED]: '您的举报处理好了：认领已经收回。',
};

export const reportWords = ({ report }: Thread): string =>
  (report ? [outcomeWords[report.outcome], report.answer].filter(Boolean).join(' ') : '');

/** So many are asked for at once when more than the latest are wanted. */
const pageSizeMax = 100;

/**
 * The thread, and the latest that was written; as much as is known already, where that may read otherwise now. What is shown was
 * read with that.
 * @param known what the page shows
 * @param again whether what is known is read as a whole; otherwise only when it was shown to both meanwhile
 * @param unasked whether the page asks by itself: then it asks for no sign-in
 */
export async function readTalk(
  threadId: string, known: Talk | undefined, { again, unasked }: { again: boolean; unasked: boolean },
): Promise<Talk> {
  const how = { unasked };
  const thread = (await threads.getThread({ threadId }, how)).thread!;
  const wanted = known && (again || showsAll(thread) !== showsAll(known.thread)) ? known.messages.length : 0;
  const messages: Message[] = [];
  let pageToken = '';
  do {
    const page = await threads.listMessages({ threadId, pageToken, pageSize: wanted && pageSizeMax }, how);
    messages.push(...page.messages);
    pageToken = page.nextPageToken;
  } while (pageToken && messages.length < wanted);

  return { thread, messages: merged([], messages), earlier: pageToken };
}

/** All of it was in sight; it does no harm if that is not kept. */
export async function markRead({ thread, messages }: Talk, unasked: boolean): Promise<void> {
  const number = Math.max(0, ...messages.map((m) => m.number));
  if (thread.unread && number) {
    await threads.markThreadRead({ threadId: thread.id, number }, { unasked }).catch(orNothing);
  }
}

const showsAll = (thread: Thread): boolean => thread.agreed && thread.otherAgreed;

/** What was read now, and what is known besides; after a long while that may end before what was read begins, and is left out. */
export function joined(now: Talk, known: Talk | undefined): Talk {
  const has = (talk: Talk, message: Message | undefined) => talk.messages.some(({ id }) => id === message?.id);
  return known && now.earlier && !has(now, known.messages[0]) && has(known, now.messages[0])
    ? { thread: now.thread, messages: merged(known.messages, now.messages), earlier: known.earlier }
    : now;
}

/** What was written before what is known. */
export async function readEarlier({ thread, earlier }: Talk): Promise<Talk> {
  const page = await threads.listMessages({ threadId: thread.id, pageToken: earlier });
  return { thread, messages: page.messages, earlier: page.nextPageToken };
}

/** What was read goes before what is known, unless that began anew meanwhile. */
export const withEarlier = (known: Talk, read: Talk, asked: string): Talk =>
  (known.earlier === asked ? { ...known, messages: merged(read.messages, known.messages), earlier: read.earlier } : known);

function merged(known: Message[], others: Message[]): Message[] {
  const byId = new Map([...known, ...others].map((m) => [m.id, m]));
  return [...byId.values()].sort((a, b) => (msOf(a.sentAt) ?? 0) - (msOf(b.sentAt) ?? 0));
}

export const toLine = (message: Message): Line => ({
  id: message.id,
  mine: message.mine,
  author: message.mine ? '我' : message.authorName || '对方',
  when: moment(message.sentAt),
  text: message.hidden ? '（这条留言经举报后不再显示）' : message.text,
  note: noteOf(message),
});

function noteOf({ state, mine, masked, hidden }: Message): string {
  if (state === ContentState.WAITING) return '正在检查，通过后对方才看得到。';
  if (state === ContentState.REFUSED) return '没有通过检查，对方看不到。';
  if (!masked || hidden) return '';
  return mine ? '里面的号码和门牌，对方先看不到。' : '里面的号码和门牌先不显示。';
}

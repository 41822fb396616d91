import { threads as threadService } from '@wuwei/api';
import { ContentState } from '@wuwei/api/types/content_state';
import { ReportOutcome, type Message, type Thread } from '@wuwei/api/types/threads';
import { moment, msOf } from '../../app/days';
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

const outcomeWords: Record<ReportOutcome, string> = {
  [ReportOutcome.UNSPECIFIED]: '您举报了，工作人员会看。',
  [ReportOutcome.NO_ACTION]: '您的举报处理好了：没有发现问题。',
  [ReportOutcome.MESSAGE_HIDDEN]: '您的举报处理好了：那条留言不再显示。',
  [ReportOutcome.CLAIM_REVOKED]: '您的举报处理好了：认领已经收回。',
};

export const reportWords = ({ report }: Thread): string =>
  (report ? [outcomeWords[report.outcome], report.answer].filter(Boolean).join(' ') : '');

/** The thread, and the latest that was written besides what is known already. What is shown was read with that. */
export async function loadTalk(threadId: string, known: Talk | undefined): Promise<Talk> {
  const [{ thread }, latest] = await Promise.all([threads.getThread({ threadId }), threads.listMessages({ threadId })]);
  // After a long while what is known may end before what came begins: then it starts anew.
  const goesOn = known && (!latest.nextPageToken || latest.messages.some(({ id }) => known.messages.some((m) => m.id === id)));
  const before: Talk | undefined = goesOn ? known : undefined;
  const messages = merged(before?.messages ?? [], latest.messages);
  const number = Math.max(0, ...messages.map((m) => m.number));
  if (thread!.unread && number) {
    await threads.markThreadRead({ threadId, number }).catch(orNothing);
  }

  return { thread: thread!, messages, earlier: before ? before.earlier : latest.nextPageToken };
}

export async function loadEarlier(talk: Talk): Promise<Talk> {
  const page = await threads.listMessages({ threadId: talk.thread.id, pageToken: talk.earlier });
  return { ...talk, messages: merged(talk.messages, page.messages), earlier: page.nextPageToken };
}

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

import { InboxTopic, type InboxItem } from '@wuwei/api/types/inbox';
import { ref } from 'vue';
import { ago } from './days';
import type { Page } from './loading';
import { noticePage, pages, threadPage, wishPage } from './ways';
import { orNothing, wuwei } from './wuwei';

/** One item of the inbox, as its page shows it. */
export interface InboxRow {
  id: string;
  topic: string;
  text: string;
  when: string;
  at: InboxItem['at'];
  important: boolean;
  read: boolean;
  /** What a tap opens; empty where there is no page for it. */
  url: string;
}

export const topicWords: Record<InboxTopic, string> = {
  [InboxTopic.UNSPECIFIED]: '',
  [InboxTopic.WISH]: '我的心愿',
  [InboxTopic.HELP]: '我的认领',
  [InboxTopic.ACTIVITY]: '活动',
  [InboxTopic.POINTS]: '积分',
  [InboxTopic.ACCOUNT]: '账号',
  [InboxTopic.WORK]: '工作',
  [InboxTopic.NOTICE]: '通知',
  [InboxTopic.DIGEST]: '',
};

/** How many items were not read, as far as is known. */
export const unread = ref(0);

/** Beside a page that does not wait for it: without an answer it stays as it was. */
export async function countUnread(): Promise<void> {
  if (!wuwei.signedIn) {
    unread.value = 0;
    return;
  }

  const answer = await wuwei.inbox.countUnread({}).catch(orNothing);
  unread.value = answer?.unread ?? unread.value;
}

/** 99+: as many as a sign at a corner has room for. */
export const unreadSign = (count: number): string => (count > 99 ? '99+' : String(count));

const ways: Record<string, (id: string) => string> = {
  wish: wishPage, notice: noticePage, thread: threadPage, content: () => pages.content,
};

export async function inboxPage(pageToken: string): Promise<Page<InboxRow>> {
  const answer = await wuwei.inbox.listInbox({ pageToken });
  return { items: answer.items.map(toRow), next: answer.nextPageToken };
}

function toRow(item: InboxItem): InboxRow {
  return {
    id: item.id,
    at: item.at,
    topic: topicWords[item.topic],
    text: item.text,
    when: [ago(item.at), item.times > 1 && `共 ${item.times} 次`].filter(Boolean).join(' · '),
    important: item.important,
    read: item.read,
    url: item.topic === InboxTopic.POINTS ? pages.points : ways[item.subject]?.(item.subjectId) ?? '',
  };
}

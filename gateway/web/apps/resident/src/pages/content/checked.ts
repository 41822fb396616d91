import { contentChecks as contentService } from '@wuwei/api';
import { ContentKind, RefusalReason, type MyContent } from '@wuwei/api/types/content_checks';
import { ContentState } from '@wuwei/api/types/content_state';
import { moment } from '../../app/days';
import type { Page } from '../../app/loading';
import { toShown, type ShownPicture } from '../../app/pictures';
import { pages, threadPage, wishPage } from '../../app/ways';
import { orNothing, wuwei } from '../../app/wuwei';

export const { contentChecks } = wuwei.also({ contentChecks: contentService });

/** What somebody wrote or photographed, and what the check made of it. */
export interface CheckedRow {
  id: string;
  what: string;
  when: string;
  state: string;
  tone: 'open' | 'busy' | 'kept' | 'over';
  /** Why it was refused. */
  why: string;
  /** How it stands with an appeal. */
  appeal: string;
  mayAppeal: boolean;
  /** Where it stands, if there is a page for that. */
  url: string;
  /** Itself, if it is one. */
  pictures: ShownPicture[];
}

const whatWords: Record<ContentKind, string> = {
  [ContentKind.UNSPECIFIED]: '内容',
  [ContentKind.WISH]: '心愿',
  [ContentKind.WISH_NOTE]: '办理心愿时写的话',
  [ContentKind.ACTIVITY]: '活动',
  [ContentKind.ACTIVITY_NOTE]: '办理活动时写的话',
  [ContentKind.FEEDBACK]: '对活动的评价',
  [ContentKind.NAME]: '姓名',
  [ContentKind.PICTURE]: '照片',
  [ContentKind.MESSAGE]: '对话里的留言',
  [ContentKind.SIGN_UP_REASON]: '取消报名的原因',
  [ContentKind.ATTENDANCE_REASON]: '没有到场的说明',
  [ContentKind.CHECK_IN_APPEAL]: '对签到的申诉',
  [ContentKind.CHECK_IN_ANSWER]: '对签到申诉的答复',
};

const whyWords: Record<RefusalReason, string> = {
  [RefusalReason.UNSPECIFIED]: '',
  [RefusalReason.ADVERTISING]: '像是广告',
  [RefusalReason.ABUSE]: '有骂人的话',
  [RefusalReason.PRIVACY]: '说了别人的私事',
  [RefusalReason.UNLAWFUL]: '违反法律规定',
  [RefusalReason.INDECENT]: '内容不雅',
  [RefusalReason.UNTRUE]: '与事实不符',
  [RefusalReason.OTHER]: '其他原因',
};

const states: Record<ContentState, Pick<CheckedRow, 'state' | 'tone'>> = {
  [ContentState.UNSPECIFIED]: { state: '', tone: 'over' },
  [ContentState.WAITING]: { state: '◔ 正在检查', tone: 'busy' },
  [ContentState.PASSED]: { state: '● 通过了', tone: 'kept' },
  [ContentState.REFUSED]: { state: '× 没有通过', tone: 'over' },
};

const ofWishes = [ContentKind.WISH, ContentKind.WISH_NOTE];

/** What the caller wrote, newest first; only what was ever refused, or all of it. */
export async function checkedContent(all: boolean, pageToken: string): Promise<Page<CheckedRow>> {
  const { contents, nextPageToken } = await contentChecks.listMyContent({ pageToken });
  const shown = contents.filter((c) => all || c.state === ContentState.REFUSED || c.appealedAt);
  return { items: await Promise.all(shown.map(toRow)), next: nextPageToken };
}

async function toRow(content: MyContent): Promise<CheckedRow> {
  const { id, kind, contentId, state, reason, reasonText } = content;
  const picture = kind === ContentKind.PICTURE
    ? (await wuwei.pictures.getPicture({ pictureId: contentId }).catch(orNothing))?.picture : undefined;
  return {
    id, what: whatWords[kind], when: moment(content.madeAt), ...states[state],
    why: state === ContentState.REFUSED ? [whyWords[reason], reasonText].filter(Boolean).join('：') : '',
    appeal: appealWords(content), mayAppeal: content.appealUntil !== undefined, url: urlOf(content),
    pictures: picture ? [toShown(picture)] : [],
  };
}

function appealWords({ state, appealUntil, appealedAt, appealDecidedAt, appealAnswer }: MyContent): string {
  if (appealDecidedAt) {
    return `${state === ContentState.PASSED ? '申诉成立，内容可以给大家看了。' : '申诉没有成立。'}答复：${appealAnswer}`;
  }

  if (appealedAt) return `您 ${moment(appealedAt)} 申诉了，正等另外的工作人员决定。`;
  if (appealUntil) return `觉得不对，可以在 ${moment(appealUntil)} 前申诉一次。`;
  return state === ContentState.REFUSED ? '申诉的时间已经过了。' : '';
}

function urlOf({ kind, partOf }: MyContent): string {
  if (kind === ContentKind.NAME) return pages.me;
  if (kind === ContentKind.MESSAGE) return threadPage(partOf);
  return ofWishes.includes(kind) ? wishPage(partOf) : '';
}

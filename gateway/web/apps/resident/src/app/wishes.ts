import { WishStatus, WishVisibility, type NearWish, type Wish, type WishView } from '@wuwei/api/types/wishes';
import { ref } from 'vue';
import { categoryOf } from './categories';
import { ago } from './days';
import type { Page } from './loading';
import { nameOf } from './me';
import { linkTo } from './pictures';
import type { Place } from './place';
import { effortWords, statusSigns, statusWords } from './words';
import { orNothing, wuwei } from './wuwei';

/** A wish as lists show it. */
export interface WishCard {
  id: string;
  title: string;
  status: string;
  sign: string;
  /** For the colour beside the words. */
  tone: 'open' | 'busy' | 'kept' | 'over';
  /** Its category, where it is and how long it takes. */
  facts: string[];
  when: string;
  /** The first of its pictures; empty without one. */
  thumbnail: string;
}

/** One that looks like the wish that somebody is writing. */
export interface LikeCard extends WishCard {
  mine: boolean;
  watched: boolean;
}

const tones: Partial<Record<WishStatus, WishCard['tone']>> = {
  [WishStatus.OPEN]: 'open', [WishStatus.CLAIMED]: 'busy', [WishStatus.DELIVERED]: 'busy',
  [WishStatus.PENDING_REVIEW]: 'busy', [WishStatus.KEPT]: 'kept',
};

/** For a sensitive wish of others, whose title nobody is told. */
const titleHidden = '（为保护隐私，内容不公开）';

export async function toCard(wish: Wish, distanceMetres?: number): Promise<WishCard> {
  const [where, category] = await Promise.all([
    distanceMetres === undefined ? nameOf(wish.unitId) : distanceWords(distanceMetres),
    categoryOf(wish.unitId, wish.categoryId).catch(orNothing),
  ]);
  return {
    id: wish.id,
    title: wish.title || titleHidden,
    status: statusWords[wish.status],
    sign: statusSigns[wish.status],
    tone: tones[wish.status] ?? 'over',
    facts: [
      category?.name ?? '', where, `约${effortWords(wish.effortMinutes)}`, wish.remote ? '可以远程帮' : '',
      wish.visibility === WishVisibility.PRIVATE ? '不公开' : '', wish.overdue ? (wish.status === WishStatus.OPEN ? '等了很久' : '已逾期') : '',
    ].filter(Boolean),
    when: ago(wish.openedAt ?? wish.madeAt),
    thumbnail: linkTo(wish.pictures[0]?.thumbnailUrl ?? ''),
  };
}

/** Only cells of a grid are known: what is in the same one is near. */
function distanceWords(metres: number): string {
  if (metres === 0) {
    return '就在附近';
  }

  return metres < 1000 ? `约${metres}米` : `约${(metres / 1000).toFixed(1)}公里`;
}

const cards = async (wishes: Wish[], next: string): Promise<Page<WishCard>> =>
  ({ items: await Promise.all(wishes.map((wish) => toCard(wish))), next });

/** How many wishes were moved on from here: lists that are shown still have them as they were. */
export const moved = ref(0);

/** Open wishes around a place. */
export async function wishesNear(place: Place, pageToken: string): Promise<Page<WishCard>> {
  const answer = await wuwei.wishes.listWishesNear({ ...place, pageToken });
  const near = answer.wishes.filter((n): n is NearWish & { wish: Wish } => n.wish !== undefined);
  return {
    items: await Promise.all(near.map((n) => toCard(n.wish, n.distanceMetres))), next: answer.nextPageToken,
  };
}

/** Open wishes of a unit and all below it. */
export async function wishesOf(unitId: string, view: WishView, pageToken: string): Promise<Page<WishCard>> {
  const answer = await wuwei.wishes.listWishes({ view, unitId, status: WishStatus.OPEN, pageToken });
  return cards(answer.wishes, answer.nextPageToken);
}

/** The wishes that the caller follows. */
export async function watchedWishes(pageToken: string): Promise<Page<WishCard>> {
  const answer = await wuwei.watches.listWatched({ pageToken });
  return cards(answer.wishes, answer.nextPageToken);
}

/** As far as a wish is written. */
export interface Writing {
  unitId: string;
  title: string;
  text: string;
  point?: Place | undefined;
}

export async function likeWishes({ unitId, title, text, point }: Writing): Promise<LikeCard[]> {
  const { wishes } = await wuwei.watches.suggestDuplicates({ unitId, title, text, ...(point && { point }) });
  return Promise.all(wishes.flatMap(({ wish }) =>
    (wish ? toCard(wish).then((card) => ({ ...card, mine: wish.mine, watched: wish.watched })) : [])));
}

/** The caller's own, in all states. */
export async function myWishes(view: WishView, pageToken: string): Promise<Page<WishCard>> {
  const answer = await wuwei.wishes.listWishes({ view, pageToken });
  return cards(answer.wishes, answer.nextPageToken);
}

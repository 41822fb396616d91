import { ClaimerKind, type Category } from '@wuwei/api/types/categories';
import { ContentState } from '@wuwei/api/types/content_state';
import { Role } from '@wuwei/api/types/roles';
import { WishActor, WishStatus, type Wish, type WishStep } from '@wuwei/api/types/wishes';
import { categoryOf } from './categories';
import { day, moment } from './days';
import { holds, homeUnitId, lineOf, loadMe, me } from './me';
import { toShown, type ShownPicture } from './pictures';
import { toCard, type WishCard } from './wishes';
import { actorWords, kindWords, moveWords } from './words';
import { wuwei } from './wuwei';

/** What somebody may do with a wish now. The services have the last word. */
export type Act = 'claim' | 'reveal' | 'deliver' | 'release' | 'confirm' | 'dispute' | 'rate' | 'withdraw' | 'remake';

/** As what the caller may claim. */
export interface ClaimChoice {
  label: string;
  kind: ClaimerKind;
  organisationId: string;
}

export interface Step {
  number: number;
  what: string;
  who: string;
  when: string;
  note: string;
}

/** A wish as its own page shows it. */
export interface Story {
  id: string;
  card: WishCard;
  where: string;
  text: string;
  maker: string;
  answers: { label: string; value: string }[];
  deadline: string;
  claim?: { name: string; kind: string; partyMember: boolean; organisation: string; unit: string; due: string };
  pictures: ShownPicture[];
  /** Why others do not see it, to whoever wrote it. */
  checkNote: string;
  deliveryNote: string;
  deliveryPictures: ShownPicture[];
  rating: number;
  remote: boolean;
  steps: Step[];
  acts: Act[];
  /** Whether the caller may say how well it was kept: whom it was for. */
  mayRate: boolean;
  claimChoices: ClaimChoice[];
  followers: number;
  watched: boolean;
  /** Whether following it makes sense: something will happen to it, and the caller is told of it in no other way. */
  mayWatch: boolean;
  /** Whether it is the caller's, and something will happen to it. */
  live: boolean;
  /** The wish that goes on for this one. */
  mergedInto: string;
  /** Where the caller and the other side write to each other, if they may, and who that is. */
  thread?: { id: string; label: string };
}

const waiting: WishStatus[] = [WishStatus.OPEN, WishStatus.CLAIMED, WishStatus.DELIVERED];
const talking: WishStatus[] = [WishStatus.CLAIMED, WishStatus.DELIVERED, WishStatus.KEPT];
const checkWords: Partial<Record<ContentState, string>> = {
  [ContentState.WAITING]: '您写的内容正在检查，通过后别人才看得到。',
  [ContentState.REFUSED]: '您写的内容没有通过检查，别人看不到。可以撤回后换个说法再许。',
};

export async function loadStory(wishId: string): Promise<Story> {
  await loadMe();
  // A visitor may read the wish, and not its journey.
  const [answer, journey] = await Promise.all([
    wuwei.wishes.getWish({ wishId }), wuwei.signedIn ? wuwei.wishes.getWishJourney({ wishId }) : undefined,
  ]);
  return toStory(answer.wish!, journey?.steps ?? []);
}

async function toStory(wish: Wish, steps: WishStep[]): Promise<Story> {
  const [card, category, line, creditLine] = await Promise.all([
    toCard(wish), categoryOf(wish.unitId, wish.categoryId), lineOf(wish.unitId), lineOf(wish.claim?.creditedUnitId ?? ''),
  ]);
  const mayRate = wish.mine && !(wish.forBeneficiary && wish.makerId === me.value?.personId);
  const choices = await claimChoices(wish, category);
  return {
    id: wish.id,
    card,
    where: line.slice(0, 2).map((u) => u.name).reverse().join(' · '),
    text: wish.text,
    maker: wish.makerName,
    answers: (category?.fields ?? []).filter((f) => wish.answers[f.key])
      .map((f) => ({ label: f.label, value: wish.answers[f.key]! })),
    deadline: wish.status === WishStatus.OPEN ? day(wish.deadlineAt) : '',
    ...(wish.claim && {
      claim: {
        name: wish.claim.claimerName, kind: kindWords[wish.claim.kind], partyMember: wish.claim.partyBadge,
        organisation: wish.claim.organisationName, unit: creditLine[0]?.name ?? '', due: day(wish.claim.dueAt),
      },
    }),
    pictures: wish.pictures.map(toShown),
    checkNote: wish.mine ? checkWords[wish.contentState] ?? '' : '',
    deliveryNote: wish.deliveryNote,
    deliveryPictures: wish.deliveryPictures.map(toShown),
    rating: wish.rating,
    remote: wish.remote,
    steps: steps.map(toStep).reverse(),
    acts: actsOf(wish, mayRate, choices.length > 0),
    mayRate,
    claimChoices: choices,
    followers: wish.followers,
    watched: wish.watched,
    mayWatch: waiting.includes(wish.status) && !wish.mine && !wish.claim?.mine,
    live: wish.mine && [WishStatus.PENDING_REVIEW, ...waiting].includes(wish.status),
    mergedInto: wish.mergedInto,
    ...(wish.claim && talking.includes(wish.status) && (wish.mine || wish.claim.mine) && {
      thread: { id: wish.claim.id, label: wish.claim.mine ? '和许愿人说话' : '和认领人说话' },
    }),
  };
}

function toStep(step: WishStep): Step {
  const who = [actorWords[step.actor], step.actor === WishActor.CLOCK ? '' : step.actorName, kindWords[step.claimerKind]];
  return {
    number: step.number, what: moveWords[step.move], who: who.filter(Boolean).join(' '), when: moment(step.at),
    note: [step.note, step.place && `地点：${step.place}`].filter(Boolean).join('\n'),
  };
}

function actsOf(wish: Wish, mayRate: boolean, mayClaim: boolean): Act[] {
  const made = wish.makerId !== '' && wish.makerId === me.value?.personId;
  const holding = wish.claim?.mine ?? false;
  switch (wish.status) {
    case WishStatus.PENDING_REVIEW:
      return made ? ['withdraw'] : [];
    case WishStatus.OPEN:
      return wish.mine ? (made ? ['withdraw'] : []) : mayClaim || !me.value || !homeUnitId.value ? ['claim'] : [];
    case WishStatus.CLAIMED:
      return holding ? ['reveal', 'deliver', 'release'] : [];
    case WishStatus.DELIVERED:
      return wish.mine ? ['confirm', 'dispute'] : holding ? ['reveal'] : [];
    case WishStatus.KEPT:
      return mayRate && wish.rating === 0 ? ['rate'] : [];
    case WishStatus.WITHDRAWN:
    case WishStatus.EXPIRED:
      return made ? ['remake'] : [];
    default:
      return [];
  }
}

async function claimChoices(wish: Wish, category: Category | undefined): Promise<ClaimChoice[]> {
  if (!me.value || wish.mine || wish.status !== WishStatus.OPEN) {
    return [];
  }

  const allowed = new Set(category?.allowedClaimers ?? []);
  const choices: ClaimChoice[] = [];
  const add = (kind: ClaimerKind, may: boolean) => {
    if (may && allowed.has(kind)) {
      choices.push({ kind, label: `以${kindWords[kind]}身份`, organisationId: '' });
    }
  };
  add(ClaimerKind.PARTY_MEMBER, holds(Role.PARTY_MEMBER));
  add(ClaimerKind.VOLUNTEER, holds(Role.VOLUNTEER));
  if (holds(Role.ORGANISATION_MEMBER) && allowed.has(ClaimerKind.ORGANISATION_MEMBER)) {
    const { memberships } = await wuwei.registry.listMyMemberships({ pageSize: 50 });
    choices.push(...memberships.flatMap(({ organisation }) => organisation
      ? [{ kind: ClaimerKind.ORGANISATION_MEMBER, label: `代表${organisation.name}`, organisationId: organisation.id }] : []));
  }

  add(ClaimerKind.NEIGHBOUR, homeUnitId.value !== '');
  return choices;
}

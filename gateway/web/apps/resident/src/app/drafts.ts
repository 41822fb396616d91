import { kept } from './kept';

/** A wish that is being written: it survives leaving the page. */
export interface Draft {
  categoryId: string;
  title: string;
  text: string;
  answers: Record<string, string>;
  effortMinutes: number;
  remote: boolean;
  hidden: boolean;
  name: string;
  phone: string;
  address: string;
  /** Uploaded, and attached to nothing yet. */
  pictureIds: string[];
}

export const emptyDraft = (): Draft => ({
  categoryId: '', title: '', text: '', answers: {}, effortMinutes: 30, remote: false, hidden: false,
  name: '', phone: '', address: '', pictureIds: [],
});

export const draft = kept<Draft>('wuwei.draft');

/** What somebody is writing elsewhere, by what it is for: it survives leaving the page and a sign-in. Gone when they sign out. */
export const texts = kept<Record<string, string>>('wuwei.texts');
const textsMax = 20;

export const textFor = (what: string): string => texts.get()?.[what] ?? '';

/** Those that were left for longest are forgotten when there are too many. */
export function keepText(what: string, text: string): void {
  const others = Object.entries(texts.get() ?? {}).filter(([other]) => other !== what).slice(1 - textsMax);
  texts.set(Object.fromEntries(text ? [...others, [what, text]] : others));
}

/** How and where to reach whoever uses this device, so that nobody types it twice. Gone when they sign out. */
export const phone = kept<string>('wuwei.phone');
export const address = kept<string>('wuwei.address');

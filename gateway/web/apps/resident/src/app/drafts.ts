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

/** What somebody is writing to the other side of a wish: it survives a sign-in. Gone when they sign out. */
export const message = kept<{ threadId: string; text: string }>('wuwei.message');

/** How and where to reach whoever uses this device, so that nobody types it twice. Gone when they sign out. */
export const phone = kept<string>('wuwei.phone');
export const address = kept<string>('wuwei.address');

import type { Category } from '@wuwei/api/types/categories';
import { WishVisibility } from '@wuwei/api/types/wishes';
import type { Draft } from './drafts';
import type { Place } from './place';

const titleMax = 40;
const textMin = 5;
/** In every district from the beginning: for whatever fits nowhere else. */
const anythingCode = 'misc';
const nameUnknown = '居民';

/** What still has to be written, in words; empty when nothing has. In elder mode the rest is filled in. */
export function whatIsMissing(draft: Draft, category: Category | undefined, elder: boolean): string {
  const text = draft.text.trim();
  if (!elder && !category) return '请选是哪一类心愿。';
  if (!elder && draft.title.trim().length < 2) return '请用一句话说说，至少两个字。';
  if (text.length < (elder ? 2 : textMin)) return elder ? '请说说想请人帮什么忙。' : '请详细说说，至少五个字。';
  const unanswered = elder ? undefined : category?.fields.find((f) => f.required && !draft.answers[f.key]?.trim());
  if (unanswered) return `请填写「${unanswered.label}」。`;
  if (!elder && !draft.name.trim()) return '请写怎么称呼您。';
  if (!/^(|1\d{10}|0\d{2,3}-?\d{7,8})$/.test(draft.phone.trim())) return '请写对联系电话。';
  return !draft.remote && draft.address.trim().length < 2 ? '请写地址，好让人找到您。' : '';
}

/** Whether it helps that others know where; the services tell nobody where a private or a remote wish is. */
export const canHavePlace = (draft: Draft): boolean => !draft.remote && !draft.hidden;

/** What is sent for a draft. Without a phone it is the one that was proven at the sign-in. */
export function toRequest(draft: Draft, unitId: string, categories: Category[], elder: boolean, point?: Place) {
  const written = draft.text.trim();
  const contact = { name: draft.name.trim() || nameUnknown, phone: draft.phone.trim(), address: draft.address.trim() };
  // A draft of the usual mode may have said them, which elder mode does not show.
  const { remote, pictureIds } = draft;
  const visibility = draft.hidden ? WishVisibility.PRIVATE : WishVisibility.PUBLIC;
  if (elder) {
    const text = written.length < textMin ? `想请人帮忙：${written}` : written;
    const line = written.split(/[\n。！？；]/).find((l) => l.trim().length > 1)?.trim() ?? text;
    const title = [...line].slice(0, titleMax).join('');
    const categoryId = categories.find((c) => c.code === anythingCode)?.id ?? '';
    return { unitId, categoryId, title, text, effortMinutes: 30, contact, remote, visibility, pictureIds };
  }

  // A draft keeps the answers to other categories, too.
  const asked = new Set(categories.find((c) => c.id === draft.categoryId)?.fields.map((f) => f.key));
  const answers = Object.fromEntries(Object.entries(draft.answers)
    .filter(([k, v]) => asked.has(k) && v.trim()).map(([k, v]) => [k, v.trim()]));
  return {
    unitId, categoryId: draft.categoryId, title: draft.title.trim(), text: written, answers, contact,
    effortMinutes: draft.effortMinutes, remote, visibility, pictureIds, point: canHavePlace(draft) ? point : undefined,
  };
}

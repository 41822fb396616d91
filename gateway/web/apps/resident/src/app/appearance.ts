import { computed, reactive } from 'vue';
import { kept } from './kept';

/** Elder mode (长辈版) has larger text and targets, and fewer things on a page. */
interface Choice {
  elder: boolean;
  /** Which of the sizes of the mode in use. */
  size: number;
}

/** Of main text, in dp. */
const sizes = { usual: [17, 20, 24, 30], elder: [22, 26, 30] };
const textMax = 30;
const elderTextMin = 18;

const choice = kept<Choice>('wuwei.appearance');
const chosen = reactive<Choice>({ elder: false, size: 0, ...choice.get() });

/** What the phone's owner chose for all of WeChat. */
function systemScale(): number {
  // #ifdef MP-WEIXIN
  return wx.getAppBaseInfo?.().fontSizeScaleFactor ?? 1;
  // #endif
  // #ifndef MP-WEIXIN
  return 1;
  // #endif
}

export const sizeNames = computed(() => (chosen.elder ? ['大', '特大', '最大'] : ['标准', '大', '特大', '最大']));

export const appearance = {
  get elder(): boolean {
    return chosen.elder;
  },
  get size(): number {
    return chosen.size;
  },
  setElder(elder: boolean): void {
    Object.assign(chosen, { elder, size: 0 });
    choice.set({ ...chosen });
  },
  setSize(size: number): void {
    chosen.size = size;
    choice.set({ ...chosen });
  },
};

/** The sizes that style.css goes by. */
export const variables = computed(() => {
  const of = chosen.elder ? sizes.elder : sizes.usual;
  const text = Math.min(textMax, Math.round((of[chosen.size] ?? of[0]!) * systemScale()));
  const small = chosen.elder ? Math.max(elderTextMin, Math.round(text * 0.84)) : Math.max(14, Math.round(text * 0.84));
  const title = Math.min(36, Math.round(text * 1.25));
  return `--text:${text}px;--small:${small}px;--title:${title}px;--target:${chosen.elder ? 64 : 48}px`;
});

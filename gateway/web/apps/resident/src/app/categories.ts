import type { Category } from '@wuwei/api/types/categories';
import { onceEach } from './once';
import { wuwei } from './wuwei';

const known = new Map<string, Category>();
let asked: Promise<Category[]> | undefined;

/** The categories of the unit's district. */
export const categoriesOf: (unitId: string) => Promise<Category[]> = onceEach(async (unitId) => {
  const { categories } = await wuwei.categories.listCategories({ unitId });
  categories.forEach((c) => known.set(c.id, c));
  return categories;
});

/** Most wishes of a list are of one district: one of them asks, and the others wait for what it hears. */
export async function categoryOf(unitId: string, categoryId: string): Promise<Category | undefined> {
  if (!known.has(categoryId)) {
    asked ??= categoriesOf(unitId).finally(() => { asked = undefined; });
    await asked;
  }

  return known.get(categoryId) ?? (await categoriesOf(unitId)).find((c) => c.id === categoryId);
}

import type { Category } from '@wuwei/api/types/categories';
import { wuwei } from './wuwei';

const byUnit = new Map<string, Promise<Category[]>>();

/** The categories of the unit's district; asked for once. */
export function categoriesOf(unitId: string): Promise<Category[]> {
  let categories = byUnit.get(unitId);
  if (!categories) {
    categories = wuwei.categories.listCategories({ unitId }).then((answer) => answer.categories);
    // What failed is asked for again.
    categories.catch(() => byUnit.delete(unitId));
    byUnit.set(unitId, categories);
  }

  return categories;
}

export async function categoryOf(unitId: string, categoryId: string): Promise<Category | undefined> {
  return (await categoriesOf(unitId)).find((c) => c.id === categoryId);
}

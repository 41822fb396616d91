import type { Category } from '@wuwei/api/types/categories';
import { onceEach } from './once';
import { wuwei } from './wuwei';

/** The categories of the unit's district. */
export const categoriesOf: (unitId: string) => Promise<Category[]> =
  onceEach(async (unitId) => (await wuwei.categories.listCategories({ unitId })).categories);

export async function categoryOf(unitId: string, categoryId: string): Promise<Category | undefined> {
  return (await categoriesOf(unitId)).find((c) => c.id === categoryId);
}

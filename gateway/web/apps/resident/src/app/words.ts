import { ClaimerKind } from '@wuwei/api/types/categories';
import { Role } from '@wuwei/api/types/roles';
import { WishActor, WishMove, WishStatus } from '@wuwei/api/types/wishes';

/** What residents read for what the services say. */
export const statusWords: Record<WishStatus, string> = {
  [WishStatus.UNSPECIFIED]: '',
  [WishStatus.PENDING_REVIEW]: '等待审核',
  [WishStatus.OPEN]: '等人认领',
  [WishStatus.CLAIMED]: '已有人认领',
  [WishStatus.DELIVERED]: '已办好，等确认',
  [WishStatus.KEPT]: '心愿已实现',
  [WishStatus.REJECTED]: '未通过审核',
  [WishStatus.WITHDRAWN]: '已撤回',
  [WishStatus.EXPIRED]: '已过期',
};

/** Beside the words, so that colour is not the only sign. */
export const statusSigns: Record<WishStatus, string> = {
  [WishStatus.UNSPECIFIED]: '',
  [WishStatus.PENDING_REVIEW]: '◔',
  [WishStatus.OPEN]: '○',
  [WishStatus.CLAIMED]: '◑',
  [WishStatus.DELIVERED]: '◕',
  [WishStatus.KEPT]: '●',
  [WishStatus.REJECTED]: '×',
  [WishStatus.WITHDRAWN]: '－',
  [WishStatus.EXPIRED]: '－',
};

export const moveWords: Record<WishMove, string> = {
  [WishMove.UNSPECIFIED]: '',
  [WishMove.MAKE]: '许下心愿',
  [WishMove.APPROVE]: '审核通过',
  [WishMove.REJECT]: '审核未通过',
  [WishMove.OFFER]: '推荐给热心人',
  [WishMove.CLAIM]: '有人认领',
  [WishMove.RELEASE]: '认领人放弃',
  [WishMove.REVOKE]: '工作人员收回认领',
  [WishMove.DELIVER]: '认领人说办好了',
  [WishMove.CONFIRM]: '确认实现',
  [WishMove.AUTO_CONFIRM]: '七天无人答复，自动确认',
  [WishMove.DISPUTE]: '反映没有办好',
  [WishMove.OVERTURN]: '复核后重新开放',
  [WishMove.WITHDRAW]: '撤回心愿',
  [WishMove.EXPIRE]: '心愿过期',
  [WishMove.ESCALATE]: '请上一级一起帮忙',
  [WishMove.REMIND]: '提醒办理',
  [WishMove.HAND_OVER]: '逾期，转工作人员处理',
  [WishMove.REVEAL]: '查看联系方式',
  [WishMove.PROPOSE_OVERTURN]: '申请复核',
  [WishMove.NOTICE]: '提醒即将过期',
  [WishMove.RATE]: '评价',
  [WishMove.FOLLOW_UP]: '工作人员回访',
  [WishMove.REHOME]: '转到新的社区',
  [WishMove.MERGE]: '并入同样的心愿',
};

export const actorWords: Record<WishActor, string> = {
  [WishActor.UNSPECIFIED]: '',
  [WishActor.MAKER]: '许愿人',
  [WishActor.BENEFICIARY]: '受助人',
  [WishActor.CLAIMER]: '认领人',
  [WishActor.STAFF]: '工作人员',
  [WishActor.CLOCK]: '系统',
  [WishActor.IMPORT]: '其他系统',
};

export const kindWords: Record<ClaimerKind, string> = {
  [ClaimerKind.UNSPECIFIED]: '',
  [ClaimerKind.PARTY_MEMBER]: '党员',
  [ClaimerKind.VOLUNTEER]: '志愿者',
  [ClaimerKind.ORGANISATION_MEMBER]: '单位成员',
  [ClaimerKind.NEIGHBOUR]: '邻居',
};

export const roleWords: Partial<Record<Role, string>> = {
  [Role.PARTY_MEMBER]: '党员',
  [Role.VOLUNTEER]: '志愿者',
  [Role.ORGANISATION_MEMBER]: '单位成员',
  [Role.GRID_WORKER]: '网格员',
  [Role.STAFF]: '工作人员',
  [Role.STATION_KEEPER]: '驿站管理员',
};

/** 20分钟, 1小时, 1小时30分钟 */
export function effortWords(minutes: number): string {
  const hours = Math.floor(minutes / 60);
  return `${hours ? `${hours}小时` : ''}${minutes % 60 || !hours ? `${minutes % 60}分钟` : ''}`;
}

import { BoardPeriod } from '@wuwei/api/types/boards';
import { AwardState, DeductionReason, PointsAct, TransferKind } from '@wuwei/api/types/points';

/** What residents read for what the services say of points. */
export const actWords: Record<PointsAct, string> = {
  [PointsAct.UNSPECIFIED]: '',
  [PointsAct.WISH_KEPT_BY_PARTY_MEMBER]: '以党员身份帮人实现心愿',
  [PointsAct.WISH_KEPT_BY_VOLUNTEER]: '以志愿者身份帮人实现心愿',
  [PointsAct.WISH_KEPT_BY_ORGANISATION_MEMBER]: '代表单位帮人实现心愿',
  [PointsAct.WISH_KEPT_BY_NEIGHBOUR]: '帮邻居实现心愿',
  [PointsAct.WISH_AUTO_CONFIRMED]: '心愿七天后自动确认',
  [PointsAct.WISH_RATED_1]: '心愿得到一星评价',
  [PointsAct.WISH_RATED_2]: '心愿得到二星评价',
  [PointsAct.WISH_RATED_3]: '心愿得到三星评价',
  [PointsAct.WISH_RATED_4]: '心愿得到四星评价',
  [PointsAct.WISH_RATED_5]: '心愿得到五星评价',
  [PointsAct.HOURS_SERVED]: '参加志愿活动',
  [PointsAct.INVITEE_SERVED]: '邀请的人开始帮忙',
};

export const transferWords: Record<TransferKind, string> = {
  [TransferKind.UNSPECIFIED]: '',
  [TransferKind.AWARD]: '获得积分',
  [TransferKind.REVERSAL]: '积分收回',
  [TransferKind.ADJUSTMENT]: '积分更正',
  [TransferKind.EXPIRY]: '积分到期',
  [TransferKind.DEDUCTION]: '按规则扣分',
};

export const deductionWords: Record<DeductionReason, string> = {
  [DeductionReason.UNSPECIFIED]: '',
  [DeductionReason.NO_SHOW]: '报名了活动，但没有到场',
};

export const awardWords: Record<AwardState, string> = {
  [AwardState.UNSPECIFIED]: '',
  [AwardState.POSTED]: '',
  [AwardState.NOTHING]: '按规则这次不计分',
  [AwardState.HELD]: '等工作人员核实后入账',
  [AwardState.VOIDED]: '核实后不予入账',
  [AwardState.REVERSED]: '已收回',
};

export const periodWords: Partial<Record<BoardPeriod, string>> = {
  [BoardPeriod.WEEK]: '本周',
  [BoardPeriod.MONTH]: '本月',
  [BoardPeriod.YEAR]: '今年',
};

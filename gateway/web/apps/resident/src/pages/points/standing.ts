import { boards as boardService, points as pointsService } from '@wuwei/api';
import { BoardPeriod, BoardSubject } from '@wuwei/api/types/boards';
import { TransferKind, type PointsDeduction, type PointsLine } from '@wuwei/api/types/points';
import { moment } from '../../app/days';
import type { Page } from '../../app/loading';
import { homeUnitId, lineOf, loadMe, nameOf } from '../../app/me';
import { wuwei } from '../../app/wuwei';
import { actWords, awardWords, deductionWords, periodWords, transferWords } from './words';

const services = wuwei.also({ boards: boardService, points: pointsService });

/** What the caller has, and where that puts them. */
export interface Standing {
  balance: string;
  held: string;
  ranks: { where: string; place: string }[];
}

export interface Line {
  id: string;
  what: string;
  when: string;
  unit: string;
  /** Why it is not paid, or was taken. */
  why: string;
  points: string;
}

/** The community and the street say something to somebody; the district only over a long time. */
const levels: [level: number, periods: BoardPeriod[]][] = [
  [0, [BoardPeriod.MONTH, BoardPeriod.YEAR]], [1, [BoardPeriod.YEAR]], [2, [BoardPeriod.YEAR]],
];

export async function loadStanding(): Promise<Standing> {
  const points = await services.points.getPoints({});
  await loadMe();
  const line = await lineOf(homeUnitId.value);
  const boards = levels.flatMap(([level, periods]) => line[level]
    ? periods.map((period) => ({ unit: line[level]!, period })) : []);
  const { ranks } = boards.length
    ? await services.boards.getMyRank({
      boards: boards.map(({ unit, period }) => ({ subject: BoardSubject.PERSON, unitId: unit.id, period })),
    }) : { ranks: [] };
  return {
    balance: points.balance,
    held: points.held,
    ranks: boards.map(({ unit, period }, i) => ({
      where: `${unit.name} ${periodWords[period] ?? ''}`,
      place: ranks[i]?.rank ? `第 ${ranks[i].rank} 名（${ranks[i].points} 分）` : '还没有上榜',
    })),
  };
}

export async function pointsLines(pageToken: string): Promise<Page<Line>> {
  const answer = await services.points.listPoints({ pageToken });
  return { items: await Promise.all(answer.lines.map(toLine)), next: answer.nextPageToken };
}

const whyDeducted = ({ reason, returned }: PointsDeduction) =>
  `${deductionWords[reason]}${returned ? '；记录有误，已退还' : ''}`;

async function toLine(line: PointsLine): Promise<Line> {
  return {
    id: line.id,
    what: line.kind === TransferKind.AWARD && line.award ? actWords[line.award.act] : transferWords[line.kind],
    when: moment(line.at),
    unit: line.unitId ? await nameOf(line.unitId) : '',
    why: line.award ? awardWords[line.award.state] : line.deduction ? whyDeducted(line.deduction) : '',
    points: line.points > 0 ? `+${line.points}` : String(line.points),
  };
}

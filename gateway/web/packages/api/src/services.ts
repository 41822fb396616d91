import { AccessService } from './gen/wuwei/v1/access_pb';
import { ActivityService } from './gen/wuwei/v1/activities_pb';
import { AttendanceService } from './gen/wuwei/v1/attendance_pb';
import { BoardService } from './gen/wuwei/v1/boards_pb';
import { CampaignService } from './gen/wuwei/v1/campaigns_pb';
import { CategoryService } from './gen/wuwei/v1/categories_pb';
import { IdentityService } from './gen/wuwei/v1/identity_pb';
import { InvitationService } from './gen/wuwei/v1/invitations_pb';
import { OrganizationService } from './gen/wuwei/v1/organization_pb';
import { PointsService } from './gen/wuwei/v1/points_pb';
import { RecommendationService } from './gen/wuwei/v1/recommendations_pb';
import { RegistryService } from './gen/wuwei/v1/registry_pb';
import { ServiceRecordService } from './gen/wuwei/v1/service_record_pb';
import { SignUpService } from './gen/wuwei/v1/sign_ups_pb';
import { SkillService } from './gen/wuwei/v1/skills_pb';
import { ViewService } from './gen/wuwei/v1/views_pb';
import { WeChatService } from './gen/wuwei/v1/wechat_pb';
import { WishService } from './gen/wuwei/v1/wishes_pb';

/** Every service of the public door, by the name it has in {@link WuWei}. */
export const services = {
  access: AccessService,
  activities: ActivityService,
  attendance: AttendanceService,
  boards: BoardService,
  campaigns: CampaignService,
  categories: CategoryService,
  identity: IdentityService,
  invitations: InvitationService,
  organization: OrganizationService,
  points: PointsService,
  recommendations: RecommendationService,
  registry: RegistryService,
  serviceRecords: ServiceRecordService,
  signUps: SignUpService,
  skills: SkillService,
  views: ViewService,
  weChat: WeChatService,
  wishes: WishService,
} as const;

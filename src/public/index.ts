/** What a plan file imports from `proofload`. */
export { csv, env, fault, json, metric, plan, probe, scenario, service } from '../plan/index.ts'
export type {
  ArrivalsOptions,
  AuditHookContext,
  Bytes,
  Duration,
  Fault,
  FaultEntry,
  FeedOptions,
  HttpOptions,
  NemesisOptions,
  ObjectiveList,
  PlanDefinition,
  PlanOptions,
  PostgresOptions,
  Probe,
  ProcessOptions,
  Rate,
  Scenario,
  ScenarioOptions,
  Service,
  ServiceHandle,
  SetupContext,
  SideLoadOptions,
  StageOptions,
  StepsOptions,
  TargetOptions,
  TeardownContext,
  TestKeys,
  TestOptions,
  UsersOptions,
} from '../plan/index.ts'
export type {
  CookieContext,
  HttpContext,
  HttpResponse,
  MultipartFile,
  RequestOptions,
  ResponseTimings,
} from '../model/http-context.ts'
export type {
  AuditContext,
  AuditId,
  AuditOutcomeOptions,
  AuditReadId,
  AuditWriteOptions,
  FinalAudit,
} from '../model/audit-context.ts'
export type { AuditOutcome } from '../model/audit-record.ts'
export type { Feed, MetricContext, MetricHandle, ScenarioContext, VirtualUser } from '../model/scenario-context.ts'
export type {
  Closing,
  Deliveries,
  DeliveryOptions,
  Framing,
  MessageConnection,
  MessageOptions,
  MessageResult,
  OutgoingMessage,
  TcpContext,
  TcpOptions,
  WaitOptions,
  WebSocketConnection,
  WebSocketContext,
  WebSocketOptions,
} from '../model/message-context.ts'
export type { RunResult, TestResult } from '../model/run-result.ts'

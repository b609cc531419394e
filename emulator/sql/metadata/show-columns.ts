import type { Column } from '../../engine.ts'
import { fixed, LTZ, type SnowflakeType, TEXT, toColumn } from '../types/index.ts'

const OBJECT = 'created_on name database_name schema_name'
const RELATION = `${OBJECT} kind comment cluster_by rows bytes owner retention_time`
const ROUTINE =
  'created_on name schema_name is_builtin is_aggregate is_ansi min_num_arguments max_num_arguments arguments description catalog_name is_table_function valid_for_clustering is_secure secrets external_access_integrations is_external_function language is_memoizable'
const POLICY = `${OBJECT} kind owner comment owner_role_type options`
const KEY = 'created_on database_name schema_name table_name column_name key_sequence constraint_name rely comment'
const FOREIGN_KEY =
  'created_on pk_database_name pk_schema_name pk_table_name pk_column_name fk_database_name fk_schema_name fk_table_name fk_column_name key_sequence update_rule delete_rule fk_name pk_name deferrability rely comment'

/** The columns of SHOW, as Snowflake names and orders them. */
const COLUMNS: Readonly<Record<string, string>> = {
  PARAMETERS: 'key value default level description type',
  VARIABLES: 'session_id created_on updated_on name value type comment',
  DATABASES:
    'created_on name is_default is_current origin owner comment options retention_time kind budget owner_role_type',
  SCHEMAS:
    'created_on name is_default is_current database_name owner comment options retention_time owner_role_type budget',
  TABLES: `${RELATION} automatic_clustering change_tracking search_optimization search_optimization_progress search_optimization_bytes is_external enable_schema_evolution owner_role_type is_event budget is_hybrid is_iceberg is_dynamic is_immutable`,
  OBJECTS: `${RELATION} owner_role_type budget is_hybrid is_dynamic is_iceberg is_interactive`,
  VIEWS:
    'created_on name reserved database_name schema_name owner comment text is_secure is_materialized owner_role_type change_tracking',
  COLUMNS:
    'table_name schema_name column_name data_type null? default kind expression comment database_name autoincrement',
  WAREHOUSES:
    'name state type size min_cluster_count max_cluster_count started_clusters running queued is_default is_current auto_suspend auto_resume available provisioning quiescing other created_on resumed_on updated_on owner comment enable_query_acceleration query_acceleration_max_scale_factor resource_monitor actives pendings failed suspended uuid scaling_policy budget owner_role_type',
  ROLES:
    'created_on name is_default is_current is_inherited assigned_to_users granted_to_roles granted_roles owner comment',
  USERS:
    'name created_on login_name display_name first_name last_name email mins_to_unlock days_to_expiry comment disabled must_change_password snowflake_lock default_warehouse default_namespace default_role default_secondary_roles ext_authn_duo ext_authn_uid mins_to_bypass_mfa owner last_success_login expires_at_time locked_until_time has_password has_rsa_public_key type has_mfa',
  'PRIMARY KEYS': KEY,
  'UNIQUE KEYS': KEY,
  'IMPORTED KEYS': FOREIGN_KEY,
  'EXPORTED KEYS': FOREIGN_KEY,
  GRANTS: 'created_on privilege granted_on name granted_to grantee_name grant_option granted_by',
  TRANSACTIONS: 'id user session name started_on state scope',
  LOCKS: 'resource type transaction transaction_started_on status acquired_on query_id session',
  REGIONS: 'region_group snowflake_region cloud region display_name',
  'DYNAMIC TABLES': `${OBJECT} cluster_by rows bytes owner target_lag refresh_mode refresh_mode_reason warehouse comment text automatic_clustering scheduling_state last_suspended_on is_clone is_replica is_iceberg data_timestamp owner_role_type`,
  'MATERIALIZED VIEWS': `created_on name reserved database_name schema_name cluster_by rows bytes source_database_name source_schema_name source_table_name refreshed_on compacted_on owner invalid invalid_reason behind_by comment text is_secure automatic_clustering owner_role_type`,
  'EXTERNAL TABLES': `${OBJECT} invalid invalid_reason owner comment stage location file_format_name file_format_type cloud region notification_channel last_refreshed_on table_format last_refresh_details owner_role_type`,

  SEQUENCE: 'name database_name schema_name next_value interval created_on owner comment owner_role_type ordered',
  TAG: `${OBJECT} owner comment allowed_values owner_role_type propagate on_conflict`,
  FUNCTION: ROUTINE,
  PROCEDURE: ROUTINE.replace(' language is_memoizable', ''),
  'MASKING POLICY': POLICY,
  'ROW ACCESS POLICY': POLICY,
  'PROJECTION POLICY': POLICY,
  'AGGREGATION POLICY': POLICY,
  'NETWORK POLICY':
    'created_on name comment entries_in_allowed_ip_list entries_in_blocked_ip_list entries_in_allowed_network_rules entries_in_blocked_network_rules',
  STAGE: `${OBJECT} url has_credentials has_encryption_key owner comment region type cloud notification_channel storage_integration endpoint owner_role_type directory_enabled`,
  'FILE FORMAT': `${OBJECT} type owner comment format_options owner_role_type`,
  STREAM: `${OBJECT} owner comment table_name source_type base_tables type stale mode stale_after invalid_reason owner_role_type`,
  TASK: 'created_on name id database_name schema_name owner comment warehouse schedule predecessors state definition condition allow_overlapping_execution error_integration last_committed_on last_suspended_on owner_role_type config',
  PIPE: `${OBJECT} definition owner notification_channel comment integration pattern error_integration owner_role_type invalid_reason kind`,
  SHARE: 'created_on kind owner_account name database_name to owner comment listing_global_name secure_objects_only',
  INTEGRATION: 'name type category enabled comment created_on',
}

const OTHERS = `${OBJECT} owner comment owner_role_type`
const TERSE = 'created_on name kind database_name schema_name'

const NUMBERS = new Set(
  'rows bytes min_num_arguments max_num_arguments next_value interval running queued min_cluster_count max_cluster_count started_clusters key_sequence entries_in_allowed_ip_list entries_in_blocked_ip_list'.split(
    ' ',
  ),
)

function typeOf(name: string): SnowflakeType {
  if (name.endsWith('_on') && name !== 'granted_on' && name !== 'depends_on') return LTZ
  return NUMBERS.has(name) ? fixed(38, 0) : TEXT
}

/** The columns of a kind; an integration of any sort shows as the others do. */
export function showColumns(kind: string, isTerse: boolean): Column[] {
  const names = isTerse
    ? TERSE
    : (COLUMNS[kind] ?? (kind.endsWith('INTEGRATION') ? (COLUMNS.INTEGRATION ?? OTHERS) : OTHERS))
  return names.split(' ').map((name) => toColumn(name, typeOf(name), true))
}

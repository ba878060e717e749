#include "launch/caller.h"

#include "base/strings.h"
#include "kernel/idmap/helper.h"
#include "kernel/userdb/userdb.h"
#include "sys/file.h"
#include "sys/identity.h"

namespace cove::launch {

Result<idmap::Caller> read_caller() {
  idmap::Caller caller;
  caller.uid = sys::effective_uid();
  caller.gid = sys::effective_gid();
  const Result<std::string> passwd = sys::read_file("/etc/passwd");
  if (passwd) caller.name = userdb::find_name(*passwd, caller.uid);
  caller.sub_uids = COVE_TRY(idmap::read_subids(idmap::kSubuidPath, caller.name, caller.uid));
  caller.sub_gids = COVE_TRY(idmap::read_subids(idmap::kSubgidPath, caller.name, caller.uid));
  caller.has_newuidmap = !idmap::find_helper("newuidmap").empty();
  caller.has_newgidmap = !idmap::find_helper("newgidmap").empty();
  return caller;
}

bool in_initial_user_namespace() {
  const Result<std::string> map = sys::read_file("/proc/self/uid_map");
  // It maps every id to itself (user_namespaces(7)).
  return map && trim(*map).ends_with("4294967295");
}

}  // namespace cove::launch

// What is said to the program criu and what it says: the messages of its RPC, as data. Pure.
// Source: criu/rpc.proto, installed with criu; its numbers are part of criu's stable interface.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace cove::criu {

enum class RequestKind : uint8_t { dump = 1, restore = 2, pre_dump = 4, notify = 6 };

enum class CgroupMode : uint8_t { ignore = 0, soft = 3, full = 4, strict = 5 };

struct PageServer {
  std::string address;
  uint16_t port = 0;
};
struct CgroupRoot {
  std::string controller;  // of v1; empty: for all that have none of their own
  std::string path;        // below the hierarchy's root
};
// Descriptors are numbers in the process that criu was executed in.
struct InheritedFd {
  std::string key;
  int fd = -1;
};
struct JoinedNamespace {
  std::string kind;  // as in /proc/PID/ns
  std::string path;
};

struct Request {
  RequestKind kind = RequestKind::dump;
  int images_fd = -1;  // the two are directories' descriptors in the process that made criu's socket
  int work_fd = -1;
  std::string log_file;  // in the working directory
  pid_t pid = 0;         // dump: the root of the tree
  std::string root;
  std::string parent_images;  // relative to the images
  std::optional<PageServer> page_server;
  CgroupMode cgroup_mode = CgroupMode::soft;
  std::vector<CgroupRoot> cgroup_roots;
  std::string freeze_cgroup;
  std::vector<std::string> external;
  std::vector<InheritedFd> inherited;
  std::vector<JoinedNamespace> joined;
  uint32_t empty_namespaces = 0;  // CLONE_NEW*
  std::string config_file;
  std::string lsm_profile;
  std::string lsm_mount_context;
  bool leave_running = false;
  bool tcp_established = false;
  bool ext_unix_sockets = false;
  bool shell_job = false;
  bool file_locks = false;
  bool lazy_pages = false;
  bool auto_dedup = false;
  bool track_memory = false;
  bool evasive_devices = false;  // restore: another file will do for a device that is gone
  bool sibling = false;          // restore: the tree's root becomes a child of criu's parent
};
std::string print_request(const Request& request);
// The answer to a notification.
std::string print_notified(bool success);

struct Response {
  RequestKind kind = RequestKind::dump;
  bool success = false;
  pid_t pid = 0;       // restore: of the tree's root, once it has succeeded
  std::string script;  // notify: what happens, as "setup-namespaces"
  pid_t script_pid = 0;
  int errno_value = 0;
  std::string message;  // criu's words on a failure; may be empty
};
// ErrorCode::protocol: it is not criu's.
Result<Response> parse_response(std::string_view bytes);
// What criu says when it has failed: for a process that could not become criu.
std::string print_failure(RequestKind kind, std::string_view message);

}  // namespace cove::criu

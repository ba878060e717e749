#include "kernel/criu/message.h"

#include <algorithm>

#include "kernel/criu/protobuf.h"

namespace cove::criu {
namespace {

// The fields' numbers, by their message.
namespace request_field {
constexpr unsigned kType = 1, kOptions = 2, kNotifySuccess = 3;
}
namespace response_field {
constexpr unsigned kType = 1, kSuccess = 2, kRestore = 4, kNotify = 5, kErrno = 7, kMessage = 9;
}
namespace options_field {
constexpr unsigned kImagesFd = 1, kPid = 2, kLeaveRunning = 3, kExtUnixSockets = 4, kTcpEstablished = 5,
                   kEvasiveDevices = 6, kShellJob = 7, kFileLocks = 8, kLogLevel = 9, kLogFile = 10,
                   kPageServer = 11, kNotifyScripts = 12, kRoot = 13, kParentImages = 14, kTrackMemory = 15,
                   kAutoDedup = 16, kWorkFd = 17, kManageCgroups = 24, kCgroupRoot = 25, kSibling = 26,
                   kInheritedFd = 27, kCgroupMode = 34, kExternal = 37, kEmptyNamespaces = 38, kJoined = 39,
                   kFreezeCgroup = 44, kLazyPages = 48, kOrphanPtsMaster = 50, kConfigFile = 51,
                   kLsmProfile = 53, kLsmMountContext = 63;
}
constexpr unsigned kDebugLevel = 4;

uint64_t unsigned_of(int number) {
  return static_cast<uint64_t>(static_cast<int64_t>(number));
}

void write_flags(const Request& request, MessageWriter& out) {
  out.flag(options_field::kLeaveRunning, request.leave_running);
  out.flag(options_field::kExtUnixSockets, request.ext_unix_sockets);
  out.flag(options_field::kTcpEstablished, request.tcp_established);
  out.flag(options_field::kEvasiveDevices, request.evasive_devices);
  out.flag(options_field::kShellJob, request.shell_job);
  out.flag(options_field::kFileLocks, request.file_locks);
  out.flag(options_field::kTrackMemory, request.track_memory);
  out.flag(options_field::kAutoDedup, request.auto_dedup);
  out.flag(options_field::kSibling, request.sibling);
  out.flag(options_field::kLazyPages, request.lazy_pages);
}

// Messages of two fields.
void write_pair(MessageWriter& out, unsigned field, std::string_view first, std::string_view second) {
  MessageWriter pair;
  pair.text(1, first);
  pair.text(2, second);
  out.text(field, pair.bytes());
}
void write_pair(MessageWriter& out, unsigned field, std::string_view first, uint64_t second) {
  MessageWriter pair;
  pair.text(1, first);
  pair.number(2, second);
  out.text(field, pair.bytes());
}

void write_lists(const Request& request, MessageWriter& out) {
  for (const CgroupRoot& root : request.cgroup_roots) {
    MessageWriter pair;
    pair.optional_text(1, root.controller);
    pair.text(2, root.path);
    out.text(options_field::kCgroupRoot, pair.bytes());
  }
  for (const InheritedFd& inherited : request.inherited)
    write_pair(out, options_field::kInheritedFd, inherited.key, unsigned_of(inherited.fd));
  for (const std::string& external : request.external) out.text(options_field::kExternal, external);
  for (const JoinedNamespace& joined : request.joined)
    write_pair(out, options_field::kJoined, joined.kind, joined.path);
}

std::string print_options(const Request& request) {
  MessageWriter out;
  out.number(options_field::kImagesFd, unsigned_of(request.images_fd));
  out.number(options_field::kWorkFd, unsigned_of(request.work_fd));
  if (request.pid != 0) out.number(options_field::kPid, unsigned_of(request.pid));
  out.number(options_field::kLogLevel, kDebugLevel);
  out.text(options_field::kLogFile, request.log_file);
  out.flag(options_field::kNotifyScripts, true);
  out.flag(options_field::kOrphanPtsMaster, true);
  out.optional_text(options_field::kRoot, request.root);
  out.optional_text(options_field::kParentImages, request.parent_images);
  if (request.page_server)
    write_pair(out, options_field::kPageServer, request.page_server->address, request.page_server->port);
  out.flag(options_field::kManageCgroups, true);
  out.number(options_field::kCgroupMode, static_cast<uint64_t>(request.cgroup_mode));
  out.optional_text(options_field::kFreezeCgroup, request.freeze_cgroup);
  if (request.empty_namespaces != 0) out.number(options_field::kEmptyNamespaces, request.empty_namespaces);
  out.optional_text(options_field::kConfigFile, request.config_file);
  out.optional_text(options_field::kLsmProfile, request.lsm_profile);
  out.optional_text(options_field::kLsmMountContext, request.lsm_mount_context);
  write_flags(request, out);
  write_lists(request, out);
  return out.bytes();
}

pid_t pid_of(uint64_t value) {
  return static_cast<pid_t>(std::min<uint64_t>(value, INT32_MAX));
}

Status read_restored(std::string_view text, Response& response) {
  while (const std::optional<Field> field = COVE_TRY(next_field(text))) {
    if (field->number == 1) response.pid = pid_of(field->value);
  }
  return {};
}

Status read_notification(std::string_view text, Response& response) {
  while (const std::optional<Field> field = COVE_TRY(next_field(text))) {
    if (field->number == 1) response.script = field->text;
    if (field->number == 2) response.script_pid = pid_of(field->value);
  }
  return {};
}

Status read_field(const Field& field, Response& response) {
  switch (field.number) {
    case response_field::kType:
      response.kind = static_cast<RequestKind>(std::min<uint64_t>(field.value, UINT8_MAX));
      return {};
    case response_field::kSuccess:
      response.success = field.value != 0;
      return {};
    case response_field::kRestore:
      return read_restored(field.text, response);
    case response_field::kNotify:
      return read_notification(field.text, response);
    case response_field::kErrno:
      response.errno_value = pid_of(field.value);
      return {};
    case response_field::kMessage:
      response.message = field.text;
      return {};
    default:
      return {};
  }
}

}  // namespace

std::string print_request(const Request& request) {
  MessageWriter out;
  out.number(request_field::kType, static_cast<uint64_t>(request.kind));
  out.text(request_field::kOptions, print_options(request));
  return out.bytes();
}

std::string print_notified(bool success) {
  MessageWriter out;
  out.number(request_field::kType, static_cast<uint64_t>(RequestKind::notify));
  out.number(request_field::kNotifySuccess, success ? 1 : 0);
  return out.bytes();
}

std::string print_failure(RequestKind kind, std::string_view message) {
  MessageWriter out;
  out.number(response_field::kType, static_cast<uint64_t>(kind));
  out.number(response_field::kSuccess, 0);
  out.text(response_field::kMessage, message);
  return out.bytes();
}

Result<Response> parse_response(std::string_view bytes) {
  Response response;
  bool typed = false;
  while (const std::optional<Field> field = COVE_TRY(next_field(bytes).context("criu's answer"))) {
    typed = typed || field->number == response_field::kType;
    COVE_TRY(read_field(*field, response).context("criu's answer"));
  }
  if (!typed) return Error(ErrorCode::protocol, "criu's answer: it says not what it answers");
  return response;
}

}  // namespace cove::criu

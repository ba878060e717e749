#include "cli/containers/attached.h"

#include "cli/containers/context.h"
#include "cli/containers/session.h"
#include "engine/operations.h"
#include "sys/socket.h"

namespace cove::cli {
namespace {

Result<std::string> keys_of(const std::string& asked, const engine::Record& record) {
  if (!asked.empty()) return asked;
  if (!record.detach_keys.empty()) return record.detach_keys;
  return parse_detach_keys(kDetachKeys);
}

}  // namespace

Result<int> stay_attached(const engine::Roots& roots, const engine::Record& record, UniqueFd socket,
                          const Attachment& attachment) {
  SessionOptions options;
  options.tty = record.options.tty;
  options.interactive = attachment.interactive && record.options.interactive;
  options.detach_keys = COVE_TRY(keys_of(attachment.detach_keys, record));
  if (attachment.sig_proxy && !options.tty)
    options.forward = [&](int signal) { static_cast<void>(engine::kill(roots, record.id, signal)); };
  const SessionEnd end = COVE_TRY(run_session(std::move(socket), options));
  if (end.detached) return 0;
  if (end.exit_status) return *end.exit_status;
  warn(kMonitorKilled);
  return engine::wait(roots, record.id);
}

Result<int> start_attached(const engine::Roots& roots, const engine::Record& record,
                           const Attachment& attachment) {
  COVE_TRY(prepare_session());
  sys::SocketPair pair = COVE_TRY(sys::make_seqpacket_pair());
  COVE_TRY(engine::start(roots, record.id, {pair.second.get()}, warn));
  pair.second.reset();
  return stay_attached(roots, record, std::move(pair.first), attachment);
}

}  // namespace cove::cli

#include "monitor/attach.h"

#include <errno.h>
#include <fcntl.h>
#include <fmt/format.h>

#include "engine/operations.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace cove::engine {

Result<UniqueFd> connect_attach(const Container& container) {
  Result<UniqueFd> directory = sys::open_path(container.directory.run_path().c_str(), O_PATH | O_DIRECTORY);
  Result<UniqueFd> socket =
      directory ? sys::connect_at(directory->get(), monitor::kAttachSocket) : std::move(directory);
  if (socket) return socket;
  const int code = socket.error().sys_errno();
  if (code != ENOENT && code != ECONNREFUSED) return socket;
  Error error(ErrorCode::unsupported,
              fmt::format("container {} has nobody who holds its streams", container.record.name), code);
  error.set_hint("it runs without a monitor: its log driver is none, or its monitor was killed");
  return error;
}

}  // namespace cove::engine

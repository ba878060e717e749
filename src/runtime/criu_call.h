// Runs the program criu for one request, and speaks with it while it works. Called by the process that the
// user started.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"
#include "kernel/criu/message.h"
#include "runtime/criu_request.h"
#include "runtime/operations.h"
#include "runtime/options.h"

namespace cove::runtime {

struct CriuCall {
  criu::Request request;  // without the images' and the working directory
  CriuPlaces places;
  // In the process that becomes criu, before that. May be empty.
  std::function<Status()> prepare;
  // At each of criu's notifications, while it waits: a failure makes it give up. May be empty.
  std::function<Status(const criu::Response& told, std::span<UniqueFd> fds)> notified;
  Warn warn;
};

// criu takes processes apart and makes new ones with root's rights. ErrorCode::permission: these are not
// ours.
Status may_call_criu(std::string_view verb);

// Errors: exec_not_found (there is no such program); what criu says, with the end of its log; that of the
// callback that failed.
Result<criu::Response> call_criu(const Settings& settings, const CriuCall& call);

// The last lines of criu's log that tell of an error, most three, in one line. Pure.
std::string criu_errors(std::string_view log);

}  // namespace cove::runtime

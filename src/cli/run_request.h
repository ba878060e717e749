// What the command line of `cove run` and `cove explain` fills, and the setters that the option tables use.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"
#include "cli/caller.h"
#include "cli/containers/volume_values.h"
#include "cli/option.h"
#include "engine/record.h"
#include "sandbox/options.h"

namespace cove::cli {

enum class OutputFormat : uint8_t { text, json };
enum class PullChoice : uint8_t { unset, always, missing, never };

struct RunRequest {
  explicit RunRequest(Caller known_caller) : caller(std::move(known_caller)) {}

  sandbox::Options options;
  Caller caller;
  std::vector<std::string> file_env;  // of the --env-file options; goes before options.env
  bool seccomp_given = false;
  bool no_new_privs_given = false;
  bool system_paths_given = false;
  OutputFormat format = OutputFormat::text;  // explain only

  // What makes it a container that is on record, not a sandbox: see wants_container().
  engine::Record record;
  bool detach = false;
  bool container_asked = false;  // by an option that a sandbox has no use for
  bool sig_proxy = true;
  std::string cidfile;  // host path; empty: none
  std::vector<VolumesFrom> volumes_from;
  bool network_given = false;
  network::EndpointRequest endpoint;  // --ip and the like: for the first network
  bool no_healthcheck = false;

  // Its image: see images/run_image.h.
  PullChoice pull = PullChoice::unset;
  std::string platform;  // empty: this machine's
  UniqueFd image_lock;   // while it is open nobody takes the image's layers away
};

// A container that is detached, has a name, or was asked for by an option of its own is kept on record until
// it is removed. All else is a sandbox, of which nothing is left. With --report or --timings a name is the
// sandbox's, for its report.
[[nodiscard]] bool wants_container(const RunRequest& request) noexcept;
// Whether it is one for its volumes only: nothing but these shall be left of it.
[[nodiscard]] bool only_for_volumes(const RunRequest& request) noexcept;

// The groups of options that `cove run` has, in the order in which help shows them.
extern const OptionGroup kRootOptions;
extern const OptionGroup kMountOptions;
extern const OptionGroup kNamespaceOptions;
extern const OptionGroup kPrivilegeOptions;
extern const OptionGroup kLimitOptions;
extern const OptionGroup kProcessOptions;
extern const OptionGroup kOutputOptions;
extern const OptionGroup kContainerOptions;
extern const OptionGroup kHealthOptions;
extern const OptionGroup kNameOptions;
extern const OptionGroup kNetworkOptions;
extern const OptionGroup kRunImageOptions;
extern const OptionGroup kDoctorOptions;

// Puts the defaults in that depend on other options, moves file_env to its place, and checks that the options
// fit together. Called once, after the parser.
Status finish_request(RunRequest& request);

struct Invocation;
// Parses and finishes the command line of `cove run` or `cove explain` (`command`). Gives the exit status if
// the command is over: help was asked for, or the usage is wrong.
std::optional<int> take_run_request(std::string_view command, const Invocation& invocation,
                                    RunRequest& request);

// Warnings that the options alone call for.
std::vector<std::string> request_warnings(const sandbox::Options& options);

namespace detail {

// The value parsers are of either form.
template <auto Parse>
auto parse_with(Caller& caller, std::string_view value) {
  if constexpr (std::is_invocable_v<decltype(Parse), std::string_view, Caller&>) {
    return Parse(value, caller);
  } else {
    return Parse(value);
  }
}

}  // namespace detail

// Setters for a member of sandbox::Options (option_*) or cgroup::Limits (limit_*): assign what Parse makes of
// the value, or append it.
template <auto Member>
Status option_flag(RunRequest& request, std::string_view value) {
  request.options.*Member = value == "true";
  return {};
}

template <auto Member, auto Parse>
Status option_set(RunRequest& request, std::string_view value) {
  request.options.*Member = COVE_TRY(detail::parse_with<Parse>(request.caller, value));
  return {};
}

template <auto Member, auto Parse>
Status option_add(RunRequest& request, std::string_view value) {
  (request.options.*Member).push_back(COVE_TRY(detail::parse_with<Parse>(request.caller, value)));
  return {};
}

template <auto Member, auto Parse>
Status limit_set(RunRequest& request, std::string_view value) {
  request.options.limits.*Member = COVE_TRY(detail::parse_with<Parse>(request.caller, value));
  return {};
}

template <auto Member, auto Parse>
Status limit_add(RunRequest& request, std::string_view value) {
  (request.options.limits.*Member).push_back(COVE_TRY(detail::parse_with<Parse>(request.caller, value)));
  return {};
}

inline Result<std::string> host_path(std::string_view text, Caller& caller) {
  return caller.absolute_path(text);
}

}  // namespace cove::cli

// Every parser of an option's value, and whole command lines of `cove run`. The first byte chooses.
#include <array>
#include <cstdint>
#include <cstdlib>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/strings.h"
#include "cli/command.h"
#include "cli/environment.h"
#include "cli/limit_values.h"
#include "cli/mount_values.h"
#include "cli/namespace_values.h"
#include "cli/numbers.h"
#include "cli/run_request.h"
#include "cli/spelling.h"
#include "require.h"

namespace {

using namespace cove;       // NOLINT: a fuzz target
using namespace cove::cli;  // NOLINT

constexpr uint64_t kLargest = std::numeric_limits<int64_t>::max();

using fuzz::require;
using fuzz::sound;

bool plain_path(std::string_view path) {
  return path.starts_with('/') && path.find("//") == std::string_view::npos &&
         path.find('\0') == std::string_view::npos && (path.size() == 1 || !path.ends_with('/'));
}

void fuzz_numbers(std::string_view text) {
  if (const auto size = parse_size(text); sound(size)) require(*size <= kLargest);
  if (const auto duration = parse_duration_ns(text); sound(duration)) require(*duration <= kLargest);
  sound(parse_signed_duration_ns(text));
  if (const auto timeout = parse_timeout_ms(text); sound(timeout)) require(*timeout >= 1);
  if (const auto whole = parse_whole(text, -5, 5); sound(whole)) require(*whole >= -5 && *whole <= 5);
  if (const auto mode = parse_mode(text); sound(mode)) require(*mode <= 07777);
  sound(parse_cpu_quota(text));
  sound(parse_cpu_list(text));
  sound(parse_hugetlb(text));
  sound(parse_pids_limit(text));
  sound(parse_memory_swap(text));
}

void fuzz_names(std::string_view text, Caller& caller) {
  std::vector<std::string> env;
  sound(add_variable(text, caller, env));
  sound(add_env_file(text, caller, env));
  for (const std::string& variable : env)
    require(variable.find('=') != std::string::npos && variable[0] != '=');
  sound(parse_key_value(text, true));
  if (const auto sysctl = parse_sysctl(text); sound(sysctl))
    require(sysctl->first.find('/') == std::string::npos);
  if (const auto name = parse_host_name(text); sound(name)) require(!name->empty() && name->size() <= 64);
  if (const auto name = parse_object_name(text); sound(name)) require(!name->empty() && name->size() <= 64);
  if (const auto target = parse_target(text); sound(target)) require(plain_path(*target) && *target != "/");
  if (const auto path = caller.absolute_path(text); sound(path)) require(plain_path(*path));
  require(spelling_distance(text, text) == 0 || text.size() > 40);
}

void fuzz_mounts(std::string_view text, Caller& caller) {
  for (const auto& mount : {parse_volume(text, caller), parse_tmpfs(text), parse_mount(text, caller)}) {
    if (!sound(mount)) continue;
    require(plain_path(mount->target));
    require(mount->source.empty() || plain_path(mount->source));
  }
  if (const auto device = parse_device(text, caller); sound(device)) {
    require(plain_path(device->source) && plain_path(device->target) && !device->access.empty());
  }
  if (const auto rate = parse_byte_rate(text, caller); sound(rate)) require(rate->per_second >= 1);
  if (const auto rate = parse_operation_rate(text, caller); sound(rate)) require(rate->per_second >= 1);
}

void fuzz_namespaces(std::string_view text, Caller& caller) {
  sound(parse_namespace(text, caller));
  sound(parse_userns(text, caller));
  sandbox::Options options;
  sound(parse_network(text, caller, options));
  sound(parse_time_offset(text, options));
}

// A line is an argument. No file is read.
void fuzz_command_line(std::string_view text, const Caller& caller) {
  std::vector<std::string> words;
  for (const std::string_view line : split(text, '\n')) {
    if (line.starts_with("--env-file")) return;
    words.emplace_back(line.substr(0, line.find('\0')));
  }
  std::vector<char*> arguments;
  arguments.reserve(words.size());
  for (std::string& word : words) arguments.push_back(word.data());
  RunRequest request{caller};
  const auto parsed = parse_arguments(find_command("run")->syntax(), arguments, &request);
  if (!sound(parsed)) return;
  require(parsed->help || !parsed->operands.empty());
  sound(finish_request(request));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  std::string variable = "LANG=C";
  std::array<char*, 2> environment{variable.data(), nullptr};
  Caller caller(environment.data(), "/work");
  switch (data[0]) {
    case 'n':
      fuzz_numbers(text);
      break;
    case 'e':
      fuzz_names(text, caller);
      break;
    case 'm':
      fuzz_mounts(text, caller);
      break;
    case 's':
      fuzz_namespaces(text, caller);
      break;
    case 'c':
      fuzz_command_line(text, caller);
      break;
    default:
      break;
  }
  return 0;
}

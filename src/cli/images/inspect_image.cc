#include "cli/images/inspect_image.h"

#include <fmt/format.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <utility>

#include "base/strict_json.h"
#include "cli/build_id.h"
#include "cli/images/hand_over.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/program.h"

namespace cove::cli {
namespace {

using format::Value;

// Their keys are the image's own: in Go they are maps.
constexpr std::array<std::string_view, 4> kMaps{"Labels", "Volumes", "ExposedPorts", "Data"};

Value value_of(json::Value& from, bool map) {
  if (auto* text = std::get_if<std::string>(&from.data)) return std::move(*text);
  if (const auto* truth = std::get_if<bool>(&from.data)) return *truth;
  if (const auto* number = std::get_if<uint64_t>(&from.data)) return *number;
  if (const auto* negative = std::get_if<int64_t>(&from.data)) return *negative;
  if (const auto* real = std::get_if<double>(&from.data)) return *real;
  if (auto* array = std::get_if<json::Array>(&from.data)) {
    format::Array list;
    for (json::Value& each : *array) list.push_back(value_of(each, map));
    return list;
  }
  auto* object = std::get_if<json::Object>(&from.data);
  if (object == nullptr) return nullptr;
  Value made = map ? Value::map() : Value::record();
  for (json::Member& member : *object) {
    const bool free_keys = std::find(kMaps.begin(), kMaps.end(), member.key) != kMaps.end();
    made.set(member.key, value_of(member.value, free_keys));
  }
  return made;
}

// What it prints; nothing if it fails.
Result<std::string> ask(const std::string& name) {
  const std::string program = COVE_TRY(sys::find_companion(kImagesProgram));
  const std::vector<std::string> argv{
      std::string(kImagesProgram), std::string(build_id()), "image", "inspect", "--format=json", "--", name};
  sys::PipePair pipe = COVE_TRY(sys::make_pipe());
  const pid_t pid = COVE_TRY(sys::spawn_with_fds(program.c_str(), argv, {-1, pipe.write_end.get(), -1}));
  pipe.write_end.reset();
  constexpr size_t kLimit = size_t{16} << 20;
  Result<std::string> text = sys::read_all(pipe.read_end.get(), kImagesProgram, kLimit);
  const sys::WaitOutcome outcome = COVE_TRY(sys::wait_process(pid));
  if (text && WIFEXITED(outcome.status) && WEXITSTATUS(outcome.status) == 0) return text;
  return Error(ErrorCode::not_found, fmt::format("No such image: {}", name));
}

}  // namespace

Result<format::Value> inspect_image(const std::string& name) {
  const std::string text = COVE_TRY(ask(name));
  json::Value document = COVE_TRY(json::parse(text));
  auto* array = std::get_if<json::Array>(&document.data);
  if (array == nullptr || array->size() != 1)
    return Error(ErrorCode::internal, "cove-images answers something else");
  return value_of(array->front(), false);
}

}  // namespace cove::cli

#include "engine/events.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "base/json_writer.h"
#include "fields/read_object.h"
#include "fields/visitor.h"
#include "sys/append.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;

struct EventFile {
  UniqueFd fd;
  uint64_t size = 0;
};

Result<EventFile> open_file(int directory_fd) {
  EventFile file;
  file.fd = COVE_TRY(sys::open_at(directory_fd, kEventFile, O_RDWR | O_CREAT | O_APPEND, 0600));
  file.size = static_cast<uint64_t>(COVE_TRY(sys::stat_fd(file.fd.get())).st_size);
  return file;
}

// A machine that went down may have left half a line, or one of zeros: it is lost, but the next one is not.
bool is_torn(const EventFile& file) {
  char last = '\n';
  if (file.size == 0) return false;
  return sys::read_at(file.fd.get(), {&last, 1}, static_cast<off_t>(file.size - 1)) == 1 && last != '\n';
}

Status append(const Roots& roots, std::string line) {
  const std::string directory = roots.data + "/events";
  COVE_TRY(sys::make_directories(directory, 0700));
  const UniqueFd place = COVE_TRY(sys::open_path(directory.c_str(), O_RDONLY | O_DIRECTORY));
  COVE_TRY(sys::lock_exclusive(place.get(), true));
  EventFile file = COVE_TRY(open_file(place.get()));
  if (file.size + line.size() > kMaxEventBytes) {
    COVE_TRY(sys::rename_at(place.get(), kEventFile, place.get(), kOlderEventFile));
    file = COVE_TRY(open_file(place.get()));
  }
  if (is_torn(file)) line.insert(line.begin(), '\n');
  Status written = sys::write_all(file.fd.get(), line, kEventFile);
  // On a full disk no half of it stays either.
  if (!written) static_cast<void>(sys::try_truncate(file.fd.get(), static_cast<off_t>(file.size)));
  return written;
}

}  // namespace

struct EventActor {
  std::string id;
  fields::StringMap attributes;
};

static void describe(fields::FieldVisitor& v, EventActor& actor) {
  v.field("ID", actor.id);
  v.field("Attributes", actor.attributes);
}

struct EventLine {
  std::string type, action;
  EventActor actor;
  int64_t time_ns = 0;
};

static void describe(fields::FieldVisitor& v, EventLine& line) {
  v.required("Type", line.type);
  v.required("Action", line.action);
  v.field("Actor", line.actor);
  v.required("timeNano", line.time_ns);
}

std::string print_event(const Event& event) {
  JsonWriter json(JsonWriter::Layout::compact);
  json.begin_object();
  const auto image = std::find_if(event.attributes.begin(), event.attributes.end(),
                                  [](const auto& attribute) { return attribute.first == "image"; });
  if (event.type == "container") {
    json.member("status", event.action).member("id", event.id);
    if (image != event.attributes.end()) json.member("from", image->second);
  }
  json.member("Type", event.type).member("Action", event.action);
  json.key("Actor").begin_object().member("ID", event.id);
  json.key("Attributes").begin_object();
  for (const auto& [key, value] : event.attributes) json.member(key, value);
  json.end_object().end_object();
  json.member("scope", "local").member("time", event.time_ns / kNanoseconds);
  json.member("timeNano", event.time_ns).end_object();
  return std::move(json).text();
}

Result<Event> parse_event(std::string_view line) {
  EventLine read = COVE_TRY(fields::read_object<EventLine>(line));
  return Event{std::move(read.type), std::move(read.action), std::move(read.actor.id),
               std::move(read.actor.attributes), read.time_ns};
}

void record_event(const Roots& roots, Event event) noexcept {
  if (event.time_ns == 0) event.time_ns = sys::real_time_nanoseconds();
  static_cast<void>(append(roots, print_event(event) + "\n"));
}

void container_event(const Roots& roots, const Record& record, std::string_view action,
                     fields::StringMap more) noexcept {
  Event event;
  event.action = action;
  event.id = record.id;
  event.attributes = record.options.labels;
  if (!record.image.empty()) event.attributes.emplace_back("image", record.image);
  event.attributes.emplace_back("name", record.name);
  for (auto& attribute : more) event.attributes.push_back(std::move(attribute));
  // Of two of one name the later one counts: labels may call themselves "name".
  fields::StringMap unique;
  unique.reserve(event.attributes.size());
  for (auto& attribute : event.attributes) {
    std::erase_if(unique, [&](const auto& earlier) { return earlier.first == attribute.first; });
    unique.push_back(std::move(attribute));
  }
  event.attributes = std::move(unique);
  record_event(roots, std::move(event));
}

}  // namespace cove::engine

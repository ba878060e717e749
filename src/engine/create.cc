#include <fmt/format.h>

#include "engine/events.h"
#include "engine/operations.h"
#include "engine/volume.h"
#include "sys/clock.h"
#include "sys/file.h"

namespace cove::engine {
namespace {

Status write_all(const Roots& roots, const Directory& directory, const Record& record) {
  COVE_TRY(claim_name(roots, record.name, record.id));
  COVE_TRY(sys::make_directory_at(directory.fd(), "logs", 0700));
  State state;
  COVE_TRY(directory.write_state(state));
  // The last thing: a directory without it is no container yet.
  COVE_TRY(directory.write_record(record));
  // After it, so that nobody takes them for unused.
  for (const VolumeUse& use : record.volumes) {
    Volume wanted;
    wanted.name = use.name;
    wanted.anonymous = use.anonymous;
    COVE_TRY(ensure_volume(roots, wanted));
  }
  return {};
}

}  // namespace

Result<Record> create(const Roots& roots, Record record) {
  record.id = COVE_TRY(new_container_id());
  record.created_ns = sys::real_time_nanoseconds();
  if (record.name.empty()) record.name = COVE_TRY(generate_name(roots));
  const Directory directory = COVE_TRY(Directory::create(roots, record.id));
  const Status written = write_all(roots, directory, record);
  if (!written) {
    release_name(roots, record.name, record.id);
    static_cast<void>(directory.remove());
    return Error(written.error());
  }
  container_event(roots, record, "create");
  return record;
}

}  // namespace cove::engine

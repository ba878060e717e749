#include "store/index.h"

#include <fcntl.h>
#include <fmt/format.h>

#include <algorithm>

#include "sys/file.h"
#include "sys/inode.h"

namespace cove::store {
namespace {

constexpr int kVersion = 2;

constexpr const char* kSettings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY; "
    "PRAGMA wal_autocheckpoint=100; PRAGMA journal_size_limit=4194304";

// 256 pages of the log. An image of 128 layers goes with 40 of them, and what is in the log beyond 100 goes
// into the database, whose pages have their place.
constexpr uint64_t kReserve = uint64_t{1} << 20;

// An image is its config. It may have come by several manifests, whose blobs differ; a name is of one of
// them.
constexpr const char* kSchema = R"(
CREATE TABLE images(id TEXT PRIMARY KEY, os TEXT NOT NULL, architecture TEXT NOT NULL, variant TEXT NOT NULL,
  created_ns INTEGER NOT NULL, added_ns INTEGER NOT NULL) STRICT;
CREATE TABLE layers(diff_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, files INTEGER NOT NULL) STRICT;
CREATE TABLE image_layers(image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  diff_id TEXT NOT NULL REFERENCES layers(diff_id), PRIMARY KEY(image_id, position)) STRICT;
CREATE INDEX image_layers_by_layer ON image_layers(diff_id);
CREATE TABLE manifests(digest TEXT PRIMARY KEY, image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE,
  type TEXT NOT NULL, added_ns INTEGER NOT NULL) STRICT;
CREATE INDEX manifests_by_image ON manifests(image_id);
CREATE TABLE manifest_layers(manifest_digest TEXT NOT NULL REFERENCES manifests(digest) ON DELETE CASCADE,
  position INTEGER NOT NULL, blob_digest TEXT NOT NULL, blob_bytes INTEGER NOT NULL,
  PRIMARY KEY(manifest_digest, position)) STRICT;
CREATE TABLE manifest_blobs(manifest_digest TEXT NOT NULL REFERENCES manifests(digest) ON DELETE CASCADE,
  digest TEXT NOT NULL, PRIMARY KEY(manifest_digest, digest)) STRICT;
CREATE TABLE names(name TEXT PRIMARY KEY,
  manifest_digest TEXT NOT NULL REFERENCES manifests(digest) ON DELETE CASCADE) STRICT;
CREATE INDEX names_by_manifest ON names(manifest_digest);
CREATE TABLE state(unpublished INTEGER NOT NULL) STRICT;
INSERT INTO state VALUES(0);
PRAGMA user_version=2;
)";

// The manifest that stands for an image: one with a name rather than one without, the latest that came.
constexpr std::string_view kChosenManifest =
    "(SELECT c.digest FROM manifests c WHERE c.image_id=i.id ORDER BY c.digest IN (SELECT manifest_digest "
    "FROM "
    "names) DESC, c.added_ns DESC, c.digest LIMIT 1)";

constexpr std::string_view kImageColumns =
    "SELECT i.id, m.digest, m.type, i.os, i.architecture, i.variant, i.created_ns, i.added_ns FROM images i "
    "JOIN "
    "manifests m ON m.image_id=i.id ";

bool is_digest_name(std::string_view name) noexcept {
  return name.find('@') != std::string_view::npos;
}

}  // namespace

Result<Index> Index::open(const std::string& path) {
  Result<Index> index = open_as(path, false);
  if (!index && index.error().code() == ErrorCode::disk_full) index = open_as(path, true);
  return index;
}

Result<Index> Index::open_as(const std::string& path, bool alone) {
  Index index(COVE_TRY(Database::open(path, alone)));
  COVE_TRY(index.database_.execute(kSettings));
  if (COVE_TRY(index.version()) == 0) COVE_TRY(index.make_tables());
  if (COVE_TRY(index.version()) != kVersion) {
    Error error(ErrorCode::unsupported, fmt::format("{} was made by another version of cove", path));
    error.set_hint("use that version, or move the store away");
    return error;
  }
  if (alone) {
    index.reserve_ = Error(ErrorCode::disk_full, "index: No space left on device");
  } else {
    const UniqueFd log = COVE_TRY(sys::open_path((path + "-wal").c_str(), O_WRONLY | O_NOFOLLOW));
    index.reserve_ = sys::reserve_space(log.get(), kReserve).context("index");
  }
  return index;
}

Result<int64_t> Index::version() {
  Statement query = COVE_TRY(database_.prepare("PRAGMA user_version"));
  const bool found = COVE_TRY(query.step());
  return found ? query.number(0) : int64_t{0};
}

Status Index::make_tables() {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  // Somebody else may have been quicker.
  if (COVE_TRY(version()) == 0) COVE_TRY(database_.execute(kSchema));
  return transaction.commit();
}

Status Index::change(std::string_view sql, std::string_view first, std::string_view second) {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  {
    Statement statement = COVE_TRY(database_.prepare(sql));
    statement.bind(first);
    if (!second.empty()) statement.bind(second);
    COVE_TRY(statement.run());
  }
  COVE_TRY(finish_change());
  return transaction.commit();
}

// Of manifests without a name none is kept but one that stands for its image.
Status Index::finish_change() {
  const std::string sql = fmt::format(
      "DELETE FROM manifests WHERE digest NOT IN (SELECT manifest_digest FROM names) AND digest NOT IN "
      "(SELECT {} "
      "FROM images i); UPDATE state SET unpublished=1",
      kChosenManifest);
  return database_.execute(sql.c_str());
}

Status Index::write_image(const Image& image) {
  Statement row = COVE_TRY(database_.prepare("INSERT OR IGNORE INTO images VALUES(?,?,?,?,?,?)"));
  row.bind(image.id).bind(image.platform.os).bind(image.platform.architecture).bind(image.platform.variant);
  COVE_TRY(row.bind(image.created_ns).bind(image.added_ns).run());
  Statement layer = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO image_layers VALUES(?,?,?)"));
  for (size_t i = 0; i < image.layers.size(); ++i) {
    layer.bind(image.id).bind(static_cast<int64_t>(i)).bind(image.layers[i].diff_id);
    COVE_TRY(layer.run());
  }
  return write_manifest(image);
}

Status Index::write_manifest(const Image& image) {
  const std::string& digest = image.manifest_digest;
  Statement manifest = COVE_TRY(database_.prepare(
      "INSERT INTO manifests VALUES(?,?,?,?) ON CONFLICT(digest) DO UPDATE SET added_ns=excluded.added_ns"));
  manifest.bind(digest).bind(image.id).bind(image.manifest_type).bind(image.added_ns);
  COVE_TRY(manifest.run());
  Statement layer = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO manifest_layers VALUES(?,?,?,?)"));
  for (size_t i = 0; i < image.layers.size(); ++i) {
    layer.bind(digest).bind(static_cast<int64_t>(i)).bind(image.layers[i].blob_digest);
    COVE_TRY(layer.bind(static_cast<int64_t>(image.layers[i].blob_bytes)).run());
  }
  Statement blob = COVE_TRY(database_.prepare("INSERT OR IGNORE INTO manifest_blobs VALUES(?,?)"));
  for (const std::string& other : image.others) COVE_TRY(blob.bind(digest).bind(other).run());
  Statement name = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO names VALUES(?,?)"));
  for (const auto* names : {&image.names, &image.digests}) {
    for (const std::string& each : *names) COVE_TRY(name.bind(each).bind(digest).run());
  }
  return {};
}

Status Index::add_image(const Image& image) {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  COVE_TRY(write_image(image));
  COVE_TRY(finish_change());
  return transaction.commit();
}

Status Index::add_layer(const Layer& layer) {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  {
    Statement row = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO layers VALUES(?,?,?)"));
    row.bind(layer.diff_id).bind(static_cast<int64_t>(layer.bytes)).bind(static_cast<int64_t>(layer.files));
    COVE_TRY(row.run());
  }
  return transaction.commit();
}

Result<std::optional<Layer>> Index::layer(std::string_view diff_id) {
  Statement row = COVE_TRY(database_.prepare("SELECT diff_id, bytes, files FROM layers WHERE diff_id=?"));
  row.bind(diff_id);
  if (!COVE_TRY(row.step())) return std::optional<Layer>();
  return std::optional(
      Layer{row.text(0), static_cast<uint64_t>(row.number(1)), static_cast<uint64_t>(row.number(2))});
}

Result<std::vector<Layer>> Index::layers() {
  Statement row = COVE_TRY(database_.prepare("SELECT diff_id, bytes, files FROM layers"));
  std::vector<Layer> all;
  while (COVE_TRY(row.step()))
    all.push_back({row.text(0), static_cast<uint64_t>(row.number(1)), static_cast<uint64_t>(row.number(2))});
  return all;
}

Result<std::vector<std::string>> Index::texts(std::string_view sql, std::string_view parameter) {
  Statement row = COVE_TRY(database_.prepare(sql));
  if (!parameter.empty()) row.bind(parameter);
  std::vector<std::string> all;
  while (COVE_TRY(row.step())) all.push_back(row.text(0));
  return all;
}

Result<Image> Index::read_image(Statement& row) {
  Image image;
  image.id = row.text(0);
  image.manifest_digest = row.text(1);
  image.manifest_type = row.text(2);
  image.platform = {row.text(3), row.text(4), row.text(5), {}};
  image.created_ns = row.number(6);
  image.added_ns = row.number(7);
  Statement layer = COVE_TRY(database_.prepare(
      "SELECT i.diff_id, m.blob_digest, m.blob_bytes, l.bytes FROM image_layers i JOIN layers l ON "
      "l.diff_id=i.diff_id JOIN manifest_layers m ON m.position=i.position WHERE i.image_id=? AND "
      "m.manifest_digest=? ORDER BY i.position"));
  layer.bind(image.id).bind(image.manifest_digest);
  while (COVE_TRY(layer.step())) {
    image.layers.push_back({layer.text(0), layer.text(1), static_cast<uint64_t>(layer.number(2)),
                            static_cast<uint64_t>(layer.number(3))});
  }
  image.others =
      COVE_TRY(texts("SELECT digest FROM manifest_blobs WHERE manifest_digest=?", image.manifest_digest));
  constexpr std::string_view kNames =
      "SELECT n.name FROM names n JOIN manifests m ON m.digest=n.manifest_digest WHERE m.image_id=? ORDER BY "
      "n.name";
  for (std::string& name : COVE_TRY(texts(kNames, image.id)))
    (is_digest_name(name) ? image.digests : image.names).push_back(std::move(name));
  return image;
}

Result<std::vector<Image>> Index::read_images(std::string_view condition, std::string_view parameter) {
  Statement row = COVE_TRY(database_.prepare(
      fmt::format("{}WHERE {} ORDER BY i.created_ns DESC, i.id", kImageColumns, condition)));
  if (!parameter.empty()) row.bind(parameter);
  std::vector<Image> all;
  while (COVE_TRY(row.step())) all.push_back(COVE_TRY(read_image(row)));
  return all;
}

Result<std::optional<Image>> Index::read_one(std::string_view condition, std::string_view parameter) {
  std::vector<Image> found = COVE_TRY(read_images(condition, parameter));
  return found.empty() ? std::optional<Image>() : std::optional(std::move(found.front()));
}

Result<std::vector<Image>> Index::images() {
  return read_images(fmt::format("m.digest={}", kChosenManifest), {});
}

Result<std::vector<Image>> Index::manifests() {
  return read_images("TRUE", {});
}

Result<std::optional<Image>> Index::image(std::string_view id) {
  return read_one(fmt::format("i.id=? AND m.digest={}", kChosenManifest), id);
}

Result<std::optional<Image>> Index::image_of_name(std::string_view name) {
  return read_one("m.digest=(SELECT manifest_digest FROM names WHERE name=?)", name);
}

Result<std::optional<Image>> Index::image_of_manifest(std::string_view digest) {
  return read_one("m.digest=?", digest);
}

Result<std::vector<std::string>> Index::ids_with_prefix(std::string_view prefix) {
  return texts("SELECT id FROM images WHERE substr(id, 1, length(?1))=?1", prefix);
}

Result<std::optional<std::string>> Index::id_of(std::string_view name) {
  auto found = COVE_TRY(texts(
      "SELECT m.image_id FROM names n JOIN manifests m ON m.digest=n.manifest_digest WHERE n.name=?", name));
  if (found.empty()) return std::optional<std::string>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<std::string>> Index::names_with_path(std::string_view path_and_tag) {
  return texts("SELECT name FROM names WHERE substr(name, instr(name, '/')+1)=? ORDER BY name", path_and_tag);
}

Status Index::set_name(std::string_view name, std::string_view manifest_digest) {
  return change("INSERT OR REPLACE INTO names VALUES(?,?)", name, manifest_digest);
}

Status Index::remove_name(std::string_view name) {
  return change("DELETE FROM names WHERE name=?", name);
}

Status Index::remove_image(std::string_view id) {
  return change("DELETE FROM images WHERE id=?", id);
}

// Some at a time: more would not fit into what is put by.
Status Index::remove_layers(std::span<const std::string> diff_ids) {
  constexpr size_t kAtOnce = 50;
  while (!diff_ids.empty()) {
    const std::span<const std::string> some = diff_ids.first(std::min(kAtOnce, diff_ids.size()));
    Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
    {
      Statement row = COVE_TRY(database_.prepare("DELETE FROM layers WHERE diff_id=?"));
      for (const std::string& diff_id : some) COVE_TRY(row.bind(diff_id).run());
    }
    COVE_TRY(transaction.commit());
    diff_ids = diff_ids.subspan(some.size());
  }
  return {};
}

Result<std::vector<std::string>> Index::used_layers() {
  return texts("SELECT DISTINCT diff_id FROM image_layers", {});
}

Result<std::vector<std::string>> Index::used_blobs() {
  auto digests =
      COVE_TRY(texts("SELECT blob_digest FROM manifest_layers UNION SELECT digest FROM manifest_blobs UNION "
                     "SELECT digest FROM manifests UNION SELECT 'sha256:'||id FROM images",
                     {}));
  for (std::string& digest : digests) digest = image::digest_hex(digest);
  return digests;
}

Result<bool> Index::unpublished() {
  Statement row = COVE_TRY(database_.prepare("SELECT unpublished FROM state"));
  const bool found = COVE_TRY(row.step());
  return found && row.number(0) != 0;
}

Status Index::set_published() {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  COVE_TRY(database_.execute("UPDATE state SET unpublished=0"));
  return transaction.commit();
}

}  // namespace cove::store

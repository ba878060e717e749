#include "store/index.h"

#include <fmt/format.h>

namespace cove::store {
namespace {

constexpr int kVersion = 1;

constexpr const char* kSettings =
    "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON; PRAGMA temp_store=MEMORY;";

constexpr const char* kSchema = R"(
CREATE TABLE images(id TEXT PRIMARY KEY, manifest_digest TEXT NOT NULL, manifest_type TEXT NOT NULL, os TEXT NOT NULL,
  architecture TEXT NOT NULL, variant TEXT NOT NULL, created_ns INTEGER NOT NULL, added_ns INTEGER NOT NULL) STRICT;
CREATE TABLE layers(diff_id TEXT PRIMARY KEY, bytes INTEGER NOT NULL, files INTEGER NOT NULL) STRICT;
CREATE TABLE image_layers(image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE, position INTEGER NOT NULL,
  diff_id TEXT NOT NULL REFERENCES layers(diff_id), blob_digest TEXT NOT NULL, blob_bytes INTEGER NOT NULL,
  PRIMARY KEY(image_id, position)) STRICT;
CREATE INDEX image_layers_by_layer ON image_layers(diff_id);
CREATE TABLE image_blobs(image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE, digest TEXT NOT NULL,
  PRIMARY KEY(image_id, digest)) STRICT;
CREATE TABLE names(name TEXT PRIMARY KEY, image_id TEXT NOT NULL REFERENCES images(id) ON DELETE CASCADE) STRICT;
CREATE INDEX names_by_image ON names(image_id);
CREATE TABLE state(unpublished INTEGER NOT NULL) STRICT;
INSERT INTO state VALUES(0);
PRAGMA user_version=1;
)";

constexpr std::string_view kImageColumns =
    "SELECT id, manifest_digest, manifest_type, os, architecture, variant, created_ns, added_ns FROM images ";

bool is_digest_name(std::string_view name) noexcept {
  return name.find('@') != std::string_view::npos;
}

}  // namespace

Result<Index> Index::open(const std::string& path) {
  Index index(COVE_TRY(Database::open(path)));
  COVE_TRY(index.database_.execute(kSettings));
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(index.database_));
  int64_t version = 0;
  {
    Statement query = COVE_TRY(index.database_.prepare("PRAGMA user_version"));
    if (COVE_TRY(query.step())) version = query.number(0);
  }
  if (version == 0) {
    COVE_TRY(index.database_.execute(kSchema));
  } else if (version != kVersion) {
    Error error(ErrorCode::unsupported, fmt::format("{} was made by another version of cove", path));
    error.set_hint("use that version, or move the store away");
    return error;
  }
  COVE_TRY(transaction.commit());
  return index;
}

Status Index::change(std::string_view sql, std::string_view first, std::string_view second) {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  {
    Statement statement = COVE_TRY(database_.prepare(sql));
    statement.bind(first);
    if (!second.empty()) statement.bind(second);
    COVE_TRY(statement.run());
  }
  COVE_TRY(database_.execute("UPDATE state SET unpublished=1"));
  return transaction.commit();
}

Status Index::write_image(const Image& image) {
  Statement row = COVE_TRY(database_.prepare(
      "INSERT INTO images VALUES(?,?,?,?,?,?,?,?) ON CONFLICT(id) DO UPDATE SET manifest_digest=excluded."
      "manifest_digest, manifest_type=excluded.manifest_type"));
  row.bind(image.id).bind(image.manifest_digest).bind(image.manifest_type).bind(image.platform.os);
  row.bind(image.platform.architecture)
      .bind(image.platform.variant)
      .bind(image.created_ns)
      .bind(image.added_ns);
  COVE_TRY(row.run());
  Statement clear = COVE_TRY(database_.prepare("DELETE FROM image_layers WHERE image_id=?"));
  COVE_TRY(clear.bind(image.id).run());
  Statement layer = COVE_TRY(database_.prepare("INSERT INTO image_layers VALUES(?,?,?,?,?)"));
  for (size_t i = 0; i < image.layers.size(); ++i) {
    const ImageLayer& each = image.layers[i];
    layer.bind(image.id).bind(static_cast<int64_t>(i)).bind(each.diff_id).bind(each.blob_digest);
    COVE_TRY(layer.bind(static_cast<int64_t>(each.blob_bytes)).run());
  }
  Statement blob = COVE_TRY(database_.prepare("INSERT OR IGNORE INTO image_blobs VALUES(?,?)"));
  COVE_TRY(blob.bind(image.id).bind(image.manifest_digest).run());
  for (const std::string& digest : image.others) COVE_TRY(blob.bind(image.id).bind(digest).run());
  Statement name = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO names VALUES(?,?)"));
  for (const std::string& each : image.names) COVE_TRY(name.bind(each).bind(image.id).run());
  for (const std::string& each : image.digests) COVE_TRY(name.bind(each).bind(image.id).run());
  return {};
}

Status Index::add_image(const Image& image) {
  Database::Transaction transaction = COVE_TRY(Database::Transaction::begin(database_));
  COVE_TRY(write_image(image));
  COVE_TRY(database_.execute("UPDATE state SET unpublished=1"));
  return transaction.commit();
}

Status Index::add_layer(const Layer& layer) {
  Statement row = COVE_TRY(database_.prepare("INSERT OR REPLACE INTO layers VALUES(?,?,?)"));
  return row.bind(layer.diff_id)
      .bind(static_cast<int64_t>(layer.bytes))
      .bind(static_cast<int64_t>(layer.files))
      .run();
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
      "SELECT i.diff_id, i.blob_digest, i.blob_bytes, l.bytes FROM image_layers i JOIN layers l ON "
      "l.diff_id=i.diff_id WHERE i.image_id=? ORDER BY i.position"));
  layer.bind(image.id);
  while (COVE_TRY(layer.step())) {
    image.layers.push_back({layer.text(0), layer.text(1), static_cast<uint64_t>(layer.number(2)),
                            static_cast<uint64_t>(layer.number(3))});
  }
  image.others = COVE_TRY(texts("SELECT digest FROM image_blobs WHERE image_id=?", image.id));
  for (std::string& name : COVE_TRY(texts("SELECT name FROM names WHERE image_id=? ORDER BY name", image.id)))
    (is_digest_name(name) ? image.digests : image.names).push_back(std::move(name));
  return image;
}

Result<std::vector<Image>> Index::images() {
  Statement row = COVE_TRY(database_.prepare(std::string(kImageColumns) + "ORDER BY created_ns DESC, id"));
  std::vector<Image> all;
  while (COVE_TRY(row.step())) all.push_back(COVE_TRY(read_image(row)));
  return all;
}

Result<std::optional<Image>> Index::image(std::string_view id) {
  Statement row = COVE_TRY(database_.prepare(std::string(kImageColumns) + "WHERE id=?"));
  row.bind(id);
  if (!COVE_TRY(row.step())) return std::optional<Image>();
  Image found = COVE_TRY(read_image(row));
  return std::optional(std::move(found));
}

Result<std::vector<std::string>> Index::ids_with_prefix(std::string_view prefix) {
  return texts("SELECT id FROM images WHERE substr(id, 1, length(?1))=?1", prefix);
}

Result<std::optional<std::string>> Index::id_of(std::string_view name) {
  auto found = COVE_TRY(texts("SELECT image_id FROM names WHERE name=?", name));
  if (found.empty()) return std::optional<std::string>();
  return std::optional(std::move(found.front()));
}

Result<std::vector<std::string>> Index::names_with_path(std::string_view path_and_tag) {
  return texts("SELECT name FROM names WHERE substr(name, instr(name, '/')+1)=? ORDER BY name", path_and_tag);
}

Status Index::set_name(std::string_view name, std::string_view id) {
  return change("INSERT OR REPLACE INTO names VALUES(?,?)", name, id);
}

Status Index::remove_name(std::string_view name) {
  return change("DELETE FROM names WHERE name=?", name);
}

Status Index::remove_image(std::string_view id) {
  return change("DELETE FROM images WHERE id=?", id);
}

Status Index::remove_layer(std::string_view diff_id) {
  Statement row = COVE_TRY(database_.prepare("DELETE FROM layers WHERE diff_id=?"));
  return row.bind(diff_id).run();
}

Result<std::vector<std::string>> Index::used_layers() {
  return texts("SELECT DISTINCT diff_id FROM image_layers", {});
}

Result<std::vector<std::string>> Index::used_blobs() {
  auto digests =
      COVE_TRY(texts("SELECT blob_digest FROM image_layers UNION SELECT digest FROM image_blobs UNION SELECT "
                     "'sha256:'||id FROM "
                     "images",
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
  return database_.execute("UPDATE state SET unpublished=0");
}

}  // namespace cove::store

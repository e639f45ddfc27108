// Any bytes as a record: the reader neither crashes nor takes what simdjson refuses, and says the same a second time,
// when it may know the record's shape.
//
// The first byte chooses the options. Seeds: records of policies/ and of tests/.
#include <simdjson.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "read/reader.hpp"
#include "tests/unit/read_schema.hpp"

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  using namespace guardvm;
  static const test::ReadSchema schema({"kind"}, test::pipeline_enums(), test::pipeline_kinds());
  static Reader reader(schema.view(), *schema.plan);
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  const ReadOptions options = {(data[0] & 1) != 0 ? "deploy" : "", (data[0] & 2) != 0, 1'772'443'800'000'000'000,
                               (data[0] & 4) != 0};
  Reader fresh(schema.view(), *schema.plan);
  Action action, again;
  ReadError error, error_again;
  reader.read(text, options, action, error);
  error = {};
  const bool good = reader.read(text, options, action, error);
  if (fresh.read(text, options, again, error_again) != good) std::abort();
  if (good && (action.kind != again.kind || action.slots.size() != again.slots.size())) std::abort();
  for (size_t i = 0; good && i < action.slots.size(); ++i) {
    const Slot &one = action.slots[i], &other = again.slots[i];
    const bool is_text = schema.kinds[action.kind].leaves[i].type == test::Type::String ||
                         schema.kinds[action.kind].leaves[i].type == test::Type::Version;
    if (one.present != other.present || one.size != other.size) std::abort();
    if (one.present != 0 && (is_text ? one.string() != other.string() : one.number != other.number)) std::abort();
  }
  if (error.code != error_again.code || error.at != error_again.at || error.message != error_again.message)
    std::abort();
  simdjson::dom::parser parser;
  const simdjson::error_code other = parser.parse(text.data(), text.size()).error();
  // Numbers that simdjson cannot represent are fine where they are ignored.
  if (good && other != simdjson::SUCCESS && other != simdjson::NUMBER_ERROR) std::abort();
  if (!good && other == simdjson::SUCCESS &&
      (error.code == ErrorCode::MalformedJson || error.code == ErrorCode::InvalidUtf8))
    std::abort();
  return 0;
}

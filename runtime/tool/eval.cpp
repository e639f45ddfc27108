// guardvm eval: one action, one decision; the exit code is the outcome's.
#include <cstdio>

#include "guardvm/exit_codes.hpp"
#include "tool/files.hpp"
#include "tool/options.hpp"
#include "tool/outcomes.hpp"

namespace guardvm::tool {

int run_eval(const Options& options) {
  const Loaded<Bundle> bundle = Bundle::load(options.bundle);
  if (!bundle.ok()) return refuse(bundle.error());
  Loaded<Input> input = Input::open(options.inputs[0]);
  if (!input.ok()) return usage_error(input.error().message);
  // One byte more than a record may have, so that the reader sees that it is too large.
  const Loaded<std::string> record = input.value().all(kLimitRecordBytes + 1);
  if (!record.ok()) return usage_error(record.error().message);

  Session session(bundle.value(), options.tier);
  const Outcome outcome = session.decide(record.value(), options.read_options()).outcome;
  Output output;
  if (options.format == Format::Json) {
    session.append_json(output.buffer(), {true, options.explain});
    output.buffer() += '\n';
  } else {
    session.append_text(output.buffer(), {true, options.explain});
  }
  if (!output.flush()) return usage_error("cannot write the decision to standard output");
  return static_cast<int>(exit_code(outcome));
}

}  // namespace guardvm::tool

// guardc fmt: rewrites files in the one layout, comments kept; with --check only says which would change. A file that
// does not parse is left as it is.
#include <cstdio>
#include <string>

#include "driver/commands.hpp"
#include "driver/sources.hpp"
#include "syntax/parse.hpp"
#include "syntax/print.hpp"

namespace guard::driver {

guardvm::Exit run_fmt(const FmtOptions& options) {
  Result<std::vector<InputFile>> files = collect(options.paths);
  if (!files.ok()) return usage_error(files.error());
  Sources sources;
  Diagnostics diagnostics;
  std::string changed;
  size_t count = 0;
  for (const InputFile& file : files.value()) {
    Diagnostics own;
    const FileId id = sources.add(file.path, file.text);
    const syntax::File tree = syntax::parse(id, sources, own);
    if (own.has_errors()) {
      (void)syntax::parse(id, sources, diagnostics);  // reported together, below
      continue;
    }
    const std::string text = syntax::print(tree, sources);
    if (text == file.text) continue;
    ++count;
    changed += file.path + "\n";
    if (options.check) continue;
    const Result<bool> written = write_file(file.path, text);
    if (!written.ok()) return usage_error(written.error());
  }
  diagnostics.finish();
  std::fputs(render(diagnostics, sources, DiagFormat::Text).c_str(), stderr);
  if (!write_output(changed)) return guardvm::Exit::Usage;
  if (options.check && count > 0) {
    std::fprintf(stderr, "guardc: %zu of %zu files are not in the layout of `guardc fmt`\n", count,
                 files.value().size());
  }
  if (diagnostics.has_errors()) return guardvm::Exit::Refused;
  return options.check && count > 0 ? guardvm::Exit::Deny : guardvm::Exit::Ok;
}

}  // namespace guard::driver

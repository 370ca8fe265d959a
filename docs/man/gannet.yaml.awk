# Turns config/gannet.yaml into its manual page: the comment before a key becomes what is said of it, the rulers become
# headings. A comment with a blank line behind it is a paragraph of its own.

function escaped(text) {
  gsub(/\\/, "\\e", text)
  gsub(/-/, "\\-", text)
  if (text ~ /^[.']/) text = "\\&" text
  return text
}

function indent_of(line) { match(line, /^ */); return RLENGTH }

function is_key(line) { return line ~ /^ *#?[A-Za-z0-9_.]+:( .*)?$/ }

# Whether keys of a deeper level come next.
function is_section(at,   next_line) {
  next_line = at + 1
  while (next_line <= count && (lines[next_line] == "" || lines[next_line] ~ /^ *# /)) ++next_line
  return lines[at] ~ /:$/ && next_line <= count && is_key(lines[next_line]) && \
    indent_of(lines[next_line]) > indent_of(lines[at])
}

function flush_text() {
  if (text != "") print text
  text = ""
}

{ lines[++count] = $0 }

END {
  print ".TH gannet.yaml 5 \"\" \"gannet " version "\" \"gannet\""
  print ".SH NAME"
  print "gannet.yaml \\- the configuration of gannet"
  print ".SH SYNOPSIS"
  print ".I /etc/gannet/gannet.yaml"
  print ".SH DESCRIPTION"
  for (at = 1; at <= count; ++at) {
    line = lines[at]
    if (line ~ /^# ---- /) {
      title = line
      gsub(/^# -+ | -+$/, "", title)
      print ".SH " toupper(title)
    } else if (line == "") {
      if (text != "" && !keys) print ".PP"
      flush_text()
      keys = 0
    } else if (is_key(line)) {
      depth = indent_of(line) / 2
      name = value = line
      gsub(/^ *#?|:.*$/, "", name)
      sub(/^ *#?[A-Za-z0-9_.]+: */, "", value)
      path[depth] = name
      full = path[0]
      for (level = 1; level <= depth; ++level) full = full "." path[level]
      section = is_section(at)
      if (section && text == "") continue
      print (keys ? ".TQ" : ".TP")
      print "\\fB" escaped(full) "\\fR" (section ? "" : ":  " (value == "" ? "\"\"" : escaped(value)))
      keys = !section
      if (section) flush_text()
    } else {
      sub(/^ *# ?/, "", line)
      literal = line ~ /^  /
      text = text (text == "" ? "" : "\n") (literal ? ".RS\n.EX\n" : "") escaped(line) (literal ? "\n.EE\n.RE" : "")
    }
  }
  flush_text()
  print ".SH SEE ALSO"
  print ".BR gannetd (8),"
  print ".BR gannet (1)"
}

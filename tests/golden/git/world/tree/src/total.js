let total = 0

function add(line) {
  total += line
}

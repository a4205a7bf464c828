// An ssh server on loopback that runs git's own programs for who has the key.
// Arguments: its key, the public key it lets in, a log. Prints its port; ends
// with its standard input.
import { spawn } from "node:child_process";
import { appendFileSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";

const { Server, utils } = createRequire(
  new URL("../package.json", import.meta.url))("ssh2");
const [hostKey, letIn, log] = process.argv.slice(2);
const key = utils.parseKey(readFileSync(letIn));
const note = (line) => appendFileSync(log, line + "\n");

const isRight = (auth) => auth.method === "publickey"
  && auth.key.data.equals(key.getPublicSSH())
  && (!auth.signature
    || key.verify(auth.blob, auth.signature, auth.hashAlgo) === true);

// "git-upload-pack '/folder/origin.git'"
function run(accept, reject, { command }) {
  const words = /^(git-(?:upload|receive)-pack) '([^']+)'$/.exec(command);
  if (!words) return reject();
  note(words[1]);
  const stream = accept();
  const git = spawn(words[1], [words[2]], { stdio: ["pipe", "pipe", "pipe"] });
  stream.pipe(git.stdin);
  git.stdout.pipe(stream, { end: false });
  git.stderr.pipe(stream.stderr, { end: false });
  git.on("close", (code) => {
    stream.exit(code);
    stream.end();
  });
}

function serve(client) {
  client.on("authentication", (auth) => {
    note(`${auth.username} ${auth.method}`);
    if (isRight(auth)) auth.accept();
    else auth.reject(["publickey"]);
  });
  client.on("session", (accept) => accept().on("exec", run));
  client.on("error", () => {});
}

const server = new Server({ hostKeys: [readFileSync(hostKey)] }, serve);
server.listen(0, "127.0.0.1", () => console.log(server.address().port));
process.stdin.on("end", () => process.exit()).resume();

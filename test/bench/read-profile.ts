/** Reads a V8 CPU profile: how long each file was at work. */

/** The part of a `.cpuprofile` that is used here. */
export interface CpuProfile {
  readonly nodes: readonly ProfileNode[];
  /** The node at work at each sample. */
  readonly samples: readonly number[];
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[];
}

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string };
  readonly children?: readonly number[];
}

/** Milliseconds by file. What runs in C++ counts for the file that called it. */
export function timeByFile({ nodes, samples, timeDeltas }: CpuProfile): Map<string, number> {
  const files = filesOf(nodes);
  const times = new Map<string, number>();
  samples.forEach((id, index) => {
    const file = files.get(id) ?? '(unknown)';
    times.set(file, (times.get(file) ?? 0) + (timeDeltas[index] ?? 0) / 1000);
  });
  return times;
}

function filesOf(nodes: readonly ProfileNode[]): Map<number, string> {
  const files = new Map<number, string>();
  const byId = new Map(nodes.map((node) => [node.id, node]));
  const visit = (node: ProfileNode, caller: string | undefined): void => {
    const { url, functionName } = node.callFrame;
    const file = url === '' ? caller : url;
    // Without a file of its own or a caller: (program), (garbage collector), (idle).
    files.set(node.id, file ?? functionName);
    for (const child of node.children ?? []) {
      const next = byId.get(child);
      if (next !== undefined) visit(next, file);
    }
  };
  const [root] = nodes;
  if (root !== undefined) visit(root, undefined);
  return files;
}

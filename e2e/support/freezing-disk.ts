import { execFile } from 'node:child_process';
import { mkdir, rm, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';

const run = promisify(execFile);
const SIZE_BYTES = 1024 ** 3;

/** A file system of its own (Linux, root) that takes nothing for up to 1.6 s, again and again, as a disk does that is shared. */
export class FreezingDisk implements AsyncDisposable {
  readonly directory: string;
  readonly #image: string;
  readonly #random: () => number;
  #isOver = false;
  #freezing: Promise<void> = Promise.resolve();

  private constructor(parent: string, random: () => number) {
    this.directory = join(parent, 'freezing');
    this.#image = join(parent, 'freezing.img');
    this.#random = random;
  }

  /** @throws What `mount` says where that is not allowed. */
  static async mount(parent: string, random: () => number): Promise<FreezingDisk> {
    const disk = new FreezingDisk(parent, random);
    await writeFile(disk.#image, '');
    await truncate(disk.#image, SIZE_BYTES);
    await mkdir(disk.directory);
    await run('mkfs.ext4', ['-q', disk.#image]);
    await run('mount', ['-o', 'loop', disk.#image, disk.directory]);
    disk.#freezing = disk.#freeze();
    return disk;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isOver = true;
    await this.#freezing;
    await run('umount', [this.directory]);
    await rm(this.#image);
  }

  async #freeze(): Promise<void> {
    while (!this.#isOver) {
      await sleep(1_000 + this.#random() * 1_000);
      await run('fsfreeze', ['--freeze', this.directory]);
      await sleep(300 + this.#random() * 1_300);
      await run('fsfreeze', ['--unfreeze', this.directory]);
    }
  }
}

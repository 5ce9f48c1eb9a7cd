/** Looks again and again; false when it never held within the time. Other than `expect.poll` it may be used in tests side by side. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<boolean> {
  const deadline = performance.now() + withinMs
  while (!(await holds())) {
    if (performance.now() > deadline) return false
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  return true
}

/** The few functions of jstat that we use; the package has no types. */
declare module 'jstat' {
  const jstat: { readonly jStat: JStat }
  export default jstat
  interface JStat {
    /** Regularised incomplete beta function I_x(a, b). */
    ibeta(x: number, a: number, b: number): number
    studentt: {
      inv(p: number, dof: number): number
    }
    normal: {
      cdf(x: number, mean: number, std: number): number
      inv(p: number, mean: number, std: number): number
    }
  }
}

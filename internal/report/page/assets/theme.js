// The chosen theme, before anything is drawn. Without a choice the system's counts.
(() => {
  let chosen = null;
  try { chosen = localStorage.getItem("heed-theme"); } catch { /* storage is forbidden: the system's */ }
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
  document.documentElement.classList.add("js");
})();

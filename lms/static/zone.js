// Chooses the browser's own time zone where none is chosen yet. Without this script the person chooses.
const list = document.querySelector("select[data-own-zone]");
const own = Intl.DateTimeFormat().resolvedOptions().timeZone;

if (list && !list.value && [...list.options].some((option) => option.value === own)) list.value = own;
